"""System packages: only what is missing, only from Debian, and without a question."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from doors.places import IS_ROOT
from doors.progress import Argument, Failed, Refusal, run, say, works

PYTHON = ("python3-venv",)
DATABASE = ("postgresql-15", "postgresql-15-postgis-3")
DATABASE_CLIENT = ("postgresql-client-15",)
PRINT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-wqy-microhei")
WORDS = ("gettext",)
BROWSER = ("chromium", "libatomic1")  # the second for the Node.js inside playwright
EXIT_STATUS = 3
# Debian would start a cluster of its own on port 5432 only because its programs are installed.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/zz-geogrid-once.conf")


def missing(packages: tuple[str, ...]) -> list[str]:
    """Those of `packages` that Debian's own list does not call installed."""
    listed = run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *packages], check=False
    )
    installed = {words[0] for words in map(str.split, listed.splitlines()) if words[1:2] == ["ii"]}
    return [package for package in packages if package not in installed]


def install(packages: tuple[str, ...]) -> None:
    """Install what is missing as root or through sudo.

    Raises Refusal (exit 3) with the exact line when this account may not install.
    """
    if shutil.which("dpkg-query") is None:
        say("not a Debian system: expecting PostgreSQL with PostGIS and pango to be here already")
        return
    wanted = missing(packages)
    if not wanted:
        if IS_ROOT:
            NO_CLUSTER.unlink(missing_ok=True)  # left by an install that was killed
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(wanted)}"
    before = _may_install(line)
    say(f"system packages: installing {' '.join(wanted)}")
    first_time = NO_CLUSTER.exists() or not Path("/usr/bin/pg_createcluster").exists()
    if first_time:
        write = f"mkdir -p {NO_CLUSTER.parent} && echo create_main_cluster = false > {NO_CLUSTER}"
        run([*before, "sh", "-c", write])
    try:
        _apt_get(before, wanted, line)
    finally:
        if first_time:
            run([*before, "rm", "-f", NO_CLUSTER], check=False)
    say("system packages: installed")


def _may_install(line: str) -> list[Argument]:
    if IS_ROOT:
        return []
    sudo = shutil.which("sudo")
    if sudo and (works([sudo, "-n", "true"]) or _asks_in_terminal(sudo)):
        return [sudo]
    raise Refusal(
        "system packages are missing and this account cannot install them. An administrator runs"
        f"\n\n    sudo {line}\n\nand then this command goes on.",
        EXIT_STATUS,
    )


def _asks_in_terminal(sudo: str) -> bool:
    # Somebody sits there: sudo may ask for the password once, and keeps it for what follows.
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    say("sudo is asked, to install system packages")
    return subprocess.run([sudo, "-v"]).returncode == 0


def _apt_get(before: list[Argument], wanted: list[str], line: str) -> None:
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_MODE=l"]
    patient = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    apt: list[Argument] = [*before, *quiet, "apt-get", *patient]
    # An install that was cut short last time is finished first.
    run([*before, *quiet, "dpkg", "--configure", "-a", "--force-confdef"], check=False)
    run([*apt, "update"], check=False, doing="reading the package lists")
    for attempt in (1, 2, 3):
        try:
            run(
                [*apt, "install", "-y", "--no-install-recommends", *wanted],
                doing="installing system packages",
            )
            return
        except Failed as failed:
            if attempt == 3:
                raise Refusal(f"{failed}\n\nBy hand: sudo {line}", EXIT_STATUS) from None
            say("  apt-get did not get through, trying again")
            run([*apt, "install", "-y", "--fix-broken"], check=False)
            time.sleep(3)
