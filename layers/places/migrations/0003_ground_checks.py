"""Places hold to the ground's rules; their anchors lie on the lattice, so "inside" is exact."""

from django.db import migrations

COLUMNS = """
CALL ground_guard_column('places_building', 'anchor', 1, true);
CALL ground_guard_column('places_building', 'footprint', 20000, false);
CALL ground_guard_column('places_address', 'anchor', 1, true);
CALL ground_guard_column('places_shop', 'anchor', 1, true);
CALL ground_guard_column('places_school', 'anchor', 1, true);
CALL ground_guard_column('places_hospital', 'anchor', 1, true);
CALL ground_guard_column('places_publicfacility', 'anchor', 1, true);
CALL ground_guard_column('places_hazardpoint', 'anchor', 1, true);
"""


class Migration(migrations.Migration):
    dependencies = [("basemap", "0002_ground_checks"), ("places", "0002_hazard_classes")]

    operations = [migrations.RunSQL(COLUMNS, migrations.RunSQL.noop)]
