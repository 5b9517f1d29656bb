"""Read and raise the version numbers of layers."""

from django.db import connection

from layers.feeds.models import LayerVersion

__all__ = ["all_current", "bump", "current"]

# Milliseconds of the clock rather than 1, 2, 3: after a database was made anew, a browser must not
# find "version 1" in its cache. A clock that was set back still gives a higher number.
RAISE = """
    INSERT INTO feeds_layerversion AS v (layer, number)
    VALUES (%s, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ON CONFLICT (layer) DO UPDATE SET number = greatest(v.number + 1, excluded.number)
    RETURNING number
"""


def bump(*layers: str) -> None:
    """Give `layers` new numbers; call it in the transaction that changed what they show."""
    with connection.cursor() as cursor:
        for layer in sorted(layers):  # one order everywhere: two writers never wait in a circle
            cursor.execute(RAISE, [layer])


def current(layer: str) -> str:
    """Return the version for `?v=`, "0" for a layer nothing was ever written to."""
    number = LayerVersion.objects.filter(layer=layer).values_list("number", flat=True).first()
    return _short(number or 0)


def all_current() -> dict[str, str]:
    """Return the versions of all layers that were ever written to, by layer."""
    rows = LayerVersion.objects.values_list("layer", "number")
    return {layer: _short(number) for layer, number in rows}


def _short(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"
