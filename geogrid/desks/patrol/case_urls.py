"""Cases on the phone; part of the patrol's addresses."""

from django.urls import path

from geogrid.desks.patrol import case_views, report_views

case_urls = [
    path("cases/", case_views.cases, name="cases"),
    path("case/<int:number>/", case_views.case, name="case"),
    path("case/<int:number>/step/", case_views.step, name="case_step"),
    path("case/<int:number>/photo/<uuid:picture>.jpg", case_views.photo, name="case_photo"),
    path("report/", report_views.report_case, name="report"),
]
