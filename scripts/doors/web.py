"""The web server and the job worker behind a keeper process: start, find, stop."""

import hashlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from doors import processes
from doors.django_commands import Django
from doors.places import WEB_USER, Places, as_user, fingerprint
from doors.progress import Refusal, environment, say

FIRST_PORT = 8000
PORTS_TRIED = 50
LONGEST_LOG = 5_000_000
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  recognised here, never chosen


class Web:
    """The keeper of one installation, found again through a note in var/web/."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.folder = places.state / "web"
        self.note = self.folder / "keeper.json"
        self.log = places.logs / "web.log"

    def running(self) -> dict[str, str]:
        """What is known of the running keeper: pid, port, digest; empty when there is none."""
        return processes.remembered(self.note)

    def stop(self) -> bool:
        """End the keeper with all it keeps; False when there is none."""
        kept = self.running()
        if kept:
            processes.end(int(kept["pid"]))
        return bool(kept)

    def serves(self, port: int, *, host: str = "127.0.0.1") -> bool:
        """Whether /readyz answers 200 there; proxies are not asked."""
        near = "localhost" if host in ANYWHERE else host
        address = f"[{near}]" if ":" in near else near
        # A name that settings.ALLOWED_HOSTS always holds, and what a TLS proxy would say.
        headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}
        asked = urllib.request.Request(f"http://{address}:{port}/readyz", headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def code_digest(self, django: Django) -> str:
        """Changes when the running server should be replaced by a new one."""
        names = ("geogrid", "layers", "map_templates", "manage.py", "requirements.txt")
        code = fingerprint(*[self.places.code / name for name in names])
        return code + hash_of(django.environment())

    def start(self, django: Django, host: str, port: int) -> "subprocess.Popen[bytes]":
        """Start keeper, web server and worker; returns when the pages can be had."""
        self.places.give_to(WEB_USER, self.folder, 0o750)
        specification = self.folder / "programs.json"
        wanted = {
            "port": port,
            "demo": django.demo,
            "digest": self.code_digest(django),
            "programs": self._programs(django, host, port),
        }
        specification.write_text(json.dumps(wanted))
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        keeper = self.places.code / "scripts/doors/keeper.py"
        command = as_user(WEB_USER, [self.places.python, "-S", keeper, self.note, specification])
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.places.code,
                env=environment(django.environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready(process, host, port)
        return process

    def _programs(self, django: Django, host: str, port: int) -> dict[str, list[str]]:
        memory = Path("/dev/shm")  # gunicorn's heartbeat files, away from slow disks
        beats = memory if os.access(memory, os.W_OK) else self.folder
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        python = str(self.places.python)
        web = [python, "-m", "gunicorn", "geogrid.config.wsgi:application", "--bind", address]
        web += ["--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "10"]
        web += ["--max-requests", "5000", "--max-requests-jitter", "500", "--no-control-socket"]
        web += ["--worker-tmp-dir", str(beats), "--chdir", str(self.places.code)]
        programs = {"web": web}
        if django.has_command("work"):
            programs["worker"] = [python, str(self.places.code / "manage.py"), "work"]
        return programs

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]", host: str, port: int) -> None:
        """Raises Refusal with the reason from the log when the pages cannot be had in a minute."""
        before = self.log.stat().st_size
        limit = time.monotonic() + 60
        reason = ""
        while time.monotonic() < limit and process.poll() is None and not reason:
            if self.serves(port, host=host):
                return
            reason = self._refused_by_settings(before)
            time.sleep(0.1)
        if process.poll() is None:
            processes.end(process.pid)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        raise Refusal(reason or f"the web server did not become ready ({self.log}):\n{tail}")

    def _refused_by_settings(self, before: int) -> str:
        with self.log.open("rb") as log:
            log.seek(before)
            said = log.read().decode(errors="replace").splitlines()
        sign = "django.core.exceptions.ImproperlyConfigured: "
        return next((line.removeprefix(sign) for line in said if line.startswith(sign)), "")


def hash_of(values: dict[str, str]) -> str:
    """A short digest of an environment, without showing it."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def choose_port(wanted: int | None, host: str) -> int:
    """The wanted port, or the first free one from 8000 on.

    Raises Refusal when a port that was asked for is taken.
    """
    if wanted is not None:
        if not is_free(wanted, host):
            raise Refusal(
                f"port {wanted} is used by another program. "
                "Choose another one, or leave --port out to have a free one found."
            )
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(port, host):
            if port != FIRST_PORT:
                say(f"port {FIRST_PORT} is used by another program, taking {port}")
            return port
    raise Refusal(f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1}.")


def is_free(port: int, host: str) -> bool:
    """Whether a server may listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
