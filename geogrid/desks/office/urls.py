from django.urls import path

from geogrid.desks.office import phone_views, step_views, views

app_name = "office"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("<slug:area>/", views.cases, name="cases"),
    path("<slug:area>/live/", views.live, name="live"),
    path("<slug:area>/cases.geojson", views.features, name="features"),
    path("<slug:area>/case/<int:number>/", views.case, name="case"),
    path("<slug:area>/case/<int:number>/step/", step_views.step, name="step"),
    path("<slug:area>/case/<int:number>/reporter/", step_views.reporter, name="reporter"),
    path("<slug:area>/photo/<uuid:picture>.jpg", views.photo, name="photo"),
    path("<slug:area>/phone/", phone_views.register, name="phone"),
    path("<slug:area>/phone/places/", phone_views.places, name="places"),
]
