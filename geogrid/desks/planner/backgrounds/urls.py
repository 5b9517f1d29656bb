from django.urls import URLPattern, path

from geogrid.desks.planner.backgrounds import pages, pictures, placing, tiles

BACKGROUND = "<slug:area>/backgrounds/<int:background>/"
UNDERLAY = "<slug:area>/underlays/<int:underlay>/"
TILE = f"{BACKGROUND}tiles/<int:z>/<int:x>/<int:y>"

urlpatterns: list[URLPattern] = [
    path("<slug:area>/backgrounds/", pages.backgrounds, name="backgrounds"),
    path("<slug:area>/backgrounds.json", tiles.offered, name="backgrounds_offered"),
    path("<slug:area>/backgrounds/file/", pages.add_a_file, name="background_file"),
    path("<slug:area>/backgrounds/service/", pages.add_a_service, name="background_service"),
    path(BACKGROUND, pages.background_page, name="background"),
    path(f"{BACKGROUND}switch/", pages.switch, name="background_switch"),
    path(f"{BACKGROUND}delete/", pages.delete, name="background_delete"),
    path(TILE, tiles.tile, name="background_tile"),
    path("<slug:area>/underlays/add/", pictures.add, name="underlay_add"),
    path(UNDERLAY, placing.place_page, name="underlay"),
    path(f"{UNDERLAY}picture.jpg", pictures.picture, name="underlay_picture"),
    path(f"{UNDERLAY}delete/", pictures.delete, name="underlay_delete"),
]
