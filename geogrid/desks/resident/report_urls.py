"""Reporting and following a report; part of the resident's addresses, below report/."""

from django.urls import path

from geogrid.desks.resident import report_views, track_views

urlpatterns = [
    path("", report_views.report_form, name="report"),
    path("find/", track_views.find, name="find_report"),
    path("<str:number>/", track_views.follow, name="follow"),
    path("<str:number>/feedback/", track_views.feedback, name="feedback"),
    path("<str:number>/photo/<uuid:picture>.jpg", track_views.photo, name="report_photo"),
]
