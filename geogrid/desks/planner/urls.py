from django.urls import path

from geogrid.desks.planner import views

app_name = "planner"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("<slug:area>/", views.plan, name="plan"),
    path("<slug:area>/plans/", views.plans, name="plans"),
    path("<slug:area>/export/<slug:part>.<slug:file_format>", views.export, name="export"),
]
