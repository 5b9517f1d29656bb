"""What to draw against besides the own basemap: tile services, rasters, old plans as pictures."""
