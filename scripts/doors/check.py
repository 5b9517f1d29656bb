"""Look at the code without running it: format, rules, types, imports, templates, migrations, locks.

scripts/check            everything; each complaint is printed, the exit status counts
scripts/check --fix      first repair what ruff and djade can repair themselves
"""

import argparse
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from doors.installation import install_packages, install_system, prepare_folders
from doors.lock import alone
from doors.places import CHECKOUT, Places
from doors.progress import Argument, Failed, run, say

TYPED = ("actions.py", "querysets.py", "rules.py")
TYPED_WHOLE = ("geogrid/coverage", "geogrid/timing", "layers/datum", "geogrid/config")
LOCKS = {
    "requirements.in": "requirements.txt",
    "scripts/requirements-dev.in": "scripts/requirements-dev.txt",
    "scripts/requirements-node.in": "scripts/requirements-node.txt",
}
LOCK_OPTIONS = ["--generate-hashes", "--python-version", "3.11", "--no-header", "--no-annotate"]
UNREACHABLE = ("error sending request", "dns error", "Failed to fetch", "Connection refused")
Step = Callable[[], None]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired")
    chosen = parser.parse_args(words)
    places = Places()
    places.prepare()
    with alone(places.state / "door.lock"):
        install_system(private_database=False)
        prepare_folders(places)
        install_packages(places, development=True)
    checks = Checks(places)
    if chosen.fix:
        checks.fix()
    failed = [name for name, step in checks.steps().items() if not _passes(name, step)]
    say("check: " + (f"{len(failed)} failed: {', '.join(failed)}" if failed else "all good"))
    return 1 if failed else 0


def _passes(name: str, step: Step) -> bool:
    began = time.monotonic()
    try:
        step()
    except Failed as failed:
        say(f"{name}: failed")
        print(failed.output.rstrip(), flush=True)
        return False
    say(f"{name}: good ({time.monotonic() - began:.1f} s)")
    return True


class Checks:
    """The steps, each raising Failed with what the tool said."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.bin = places.venv / "bin"

    def steps(self) -> dict[str, Step]:
        return {
            "format": lambda: self._run(self.bin / "ruff", "format", "--check", "."),
            "rules": lambda: self._run(self.bin / "ruff", "check", "."),
            "templates": lambda: self._djade("--check"),
            "imports": lambda: self._run(self.bin / "lint-imports", "--no-logo"),
            "types": self._types,
            "settings": lambda: self._manage("check", "--deploy", "--fail-level", "WARNING"),
            "migrations": lambda: self._manage("makemigrations", "--check", "--dry-run"),
            "translations": self._translations,
            "locks": self._locks,
        }

    def fix(self) -> None:
        self._run(self.bin / "ruff", "check", "--fix", "--exit-zero", "-q", ".")
        self._run(self.bin / "ruff", "format", "-q", ".")
        self._djade(None, check=False)

    def _run(self, *command: Argument, env: dict[str, str] | None = None) -> None:
        run(list(command), cwd=CHECKOUT, env=env)

    def _djade(self, mode: str | None, *, check: bool = True) -> None:
        templates = sorted((CHECKOUT / "map_templates").rglob("*.html"))
        if templates:
            options = [mode] if mode else []
            command: list[Argument] = [self.bin / "djade", *options, "--target-version", "5.2"]
            run([*command, *templates], cwd=CHECKOUT, check=check)

    def _types(self) -> None:
        files: list[Argument] = [name for name in TYPED_WHOLE if (CHECKOUT / name).is_dir()]
        for top in ("geogrid", "layers"):
            sources = (CHECKOUT / top).rglob("*.py")
            files += sorted(p for p in sources if p.name in TYPED or p.parent.name == "actions")
        self._run(self.bin / "mypy", *files, env={"GEOGRID_SECRET_KEY": "types"})
        self._run(self.bin / "mypy", "--no-incremental", "-p", "doors", env={"MYPYPATH": "scripts"})

    def _manage(self, *words: str) -> None:
        env = {
            "DJANGO_SETTINGS_MODULE": "geogrid.config.settings.prod",
            "GEOGRID_SECRET_KEY": secrets.token_urlsafe(50),
            "GEOGRID_HTTPS": "1",
            "GEOGRID_STATE": str(self.places.state),
            "GEOGRID_NODE_MODULES": str(self.places.node_modules),
            # Neither command needs rows; an address where nothing listens keeps them from any.
            "DATABASE_URL": "postgis://nobody@/none?host=/nonexistent",
        }
        self._run(self.places.python, "-W", "ignore", CHECKOUT / "manage.py", *words, env=env)

    def _translations(self) -> None:
        """Every .po compiles, and nothing in it is fuzzy or left untranslated."""
        for top in ("geogrid", "layers", "map_templates"):
            for path in sorted((CHECKOUT / top).rglob("locale/*/LC_MESSAGES/*.po")):
                said = run(["msgfmt", "--check", "--statistics", "-o", "/dev/null", path])
                if "fuzzy" in said or "untranslated" in said:
                    raise Failed(["msgfmt", str(path)], 1, f"{path}: {said}")

    def _locks(self) -> None:
        """The lock files hold what their .in files ask for. Needs the registry; else it passes."""
        for source, lock in LOCKS.items():
            with tempfile.TemporaryDirectory() as folder:
                # A lock that is compiled onto itself keeps its versions.
                fresh = Path(folder) / "lock.txt"
                shutil.copyfile(CHECKOUT / lock, fresh)
                command = ["pip", "compile", "-q", *LOCK_OPTIONS, source, "-o", str(fresh)]
                try:
                    self._run(self.bin / "uv", *command)
                except Failed as failed:
                    if any(sign in failed.output for sign in UNREACHABLE):
                        say(f"  {lock}: not compared, the package registry cannot be reached")
                        return
                    raise
                if fresh.read_text() != (CHECKOUT / lock).read_text():
                    raise Failed([lock], 1, f"{lock} is not what {source} gives: scripts/lock")
