"""What maps load: GeoJSON and vector tiles out of any queryset. Knows no model of its own town.

registry   which layers there are; apps name theirs in `map_layers.py`
geojson    one FeatureCollection, written by the database
tiles      one vector tile of several layers, written by the database
versions   a number per layer that changes with its data, inside the writing transaction
caching    for ever with the number, by ETag without it, never for drafts
"""
