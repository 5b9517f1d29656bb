"""The root addresses as the demo has them: its front page goes before the resident's."""

from django.urls import include, path

from geogrid.config.urls import urlpatterns as usual

urlpatterns = [path("", include("geogrid.desks.demo.urls")), *usual]
