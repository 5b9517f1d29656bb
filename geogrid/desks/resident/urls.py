from django.urls import URLPattern, URLResolver, include, path

from geogrid.desks.resident import portraits, views

app_name = "resident"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("type-size/", views.type_size, name="type_size"),
    path("map/<slug:area>/", views.area_map, name="map"),
    path("map/<slug:area>/search", views.search, name="search"),
    path("map/<slug:area>/grid/<str:code>/", views.grid, name="grid"),
    path("portrait/<uuid:picture>.jpg", portraits.portrait, name="portrait"),
    path("report/", include("geogrid.desks.resident.report_urls")),
]
