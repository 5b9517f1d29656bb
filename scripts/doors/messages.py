"""Compile the translations that changed, with Debian's msgfmt."""

import shutil

from doors.places import Places
from doors.progress import run, say


def compile_changed(places: Places) -> None:
    """Write a .mo beside each .po that is newer than it."""
    if shutil.which("msgfmt") is None:
        return
    count = 0
    for top in ("geogrid", "layers", "map_templates"):
        for source in sorted((places.checkout / top).rglob("locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            run(["msgfmt", "--check-format", "-o", target, source])
            target.chmod(0o644)
            count += 1
    if count:
        say(f"translations: {count} compiled")
