"""Cases on maps. They are nobody's public layer: a desk asks for them and checks who is reading."""

from django.db.models import CharField, Value

from geogrid.cases.querysets import CaseQuerySet
from layers.feeds.geojson import feature_collection

__all__ = ["case_features"]

MOST = 2000


def case_features(rows: CaseQuerySet) -> bytes:
    """Return cases as a FeatureCollection of points with number, title and state."""
    return feature_collection(
        rows[:MOST],
        geometry="where",
        columns={
            "id": "pk",
            "name": "title",
            "number": "number",
            "state": "state",
            "kind": "category__code",
            "badge": Value("case", output_field=CharField()),
        },
    )
