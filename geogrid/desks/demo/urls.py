from django.urls import path

from geogrid.desks.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("enter/<slug:area>/<slug:role>/", views.enter, name="enter"),
]
