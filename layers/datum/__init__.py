"""Where numbers become places: the lattice, metres on the ellipsoid, Chinese datums.

Pure: numpy, shapely and pyproj only. Longitude comes first everywhere.
"""
