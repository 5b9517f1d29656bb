"""The secrets of one installation: made once, kept in var/settings.json, nobody else reads it."""

import json
import os
import secrets
from pathlib import Path

from doors.progress import Refusal


def installation_secrets(state: Path) -> dict[str, str]:
    """`secret_key` and `demo_password` of this checkout; made at the first call, then kept."""
    path = state / "settings.json"
    kept: dict[str, str] = {}
    if path.exists():
        try:
            kept = json.loads(path.read_text())
        except (OSError, ValueError) as problem:
            raise Refusal(
                f"{path} cannot be read ({problem}); delete it to make it anew."
            ) from None
    wanted = {
        "secret_key": kept.get("secret_key") or secrets.token_urlsafe(50),
        "demo_password": kept.get("demo_password") or secrets.token_urlsafe(9),
    }
    if wanted != kept:
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(wanted, handle)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    return wanted
