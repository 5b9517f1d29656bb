from django.urls import URLPattern, path

from geogrid.desks.planner.roster import adding, bringing, bulk, covering, grids, views, workers

ROSTER = "<slug:area>/roster/"
WORKER = f"{ROSTER}workers/<int:worker>/"
urlpatterns: list[URLPattern] = [
    path(ROSTER, views.roster, name="roster"),
    path(f"{ROSTER}template.xlsx", bringing.template, name="roster_template"),
    path(f"{ROSTER}import/", bringing.bring, name="roster_import"),
    path(f"{ROSTER}publication/", bulk.publication, name="roster_publication"),
    path(f"{ROSTER}grids/<uuid:lineage>/", grids.grid, name="roster_grid"),
    path(f"{ROSTER}changes/<int:event>/take-back/", grids.take_back, name="roster_take_back"),
    path(f"{ROSTER}workers/add/", adding.add, name="roster_add"),
    path(WORKER, workers.worker_page, name="roster_worker"),
    path(f"{WORKER}cover/", covering.cover, name="roster_cover"),
    path(f"{WORKER}erase/", workers.erase_worker, name="roster_erase"),
    path(f"{WORKER}portrait.jpg", workers.portrait, name="roster_portrait"),
]
