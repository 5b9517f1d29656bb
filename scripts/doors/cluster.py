"""A PostgreSQL of this checkout's own: one Unix socket, peer authentication, no password."""

import contextlib
import os
import pwd
import shutil
from pathlib import Path
from urllib.parse import quote

from doors import processes
from doors.places import DATABASE_USER, IS_ROOT, WEB_USER, Places, as_user
from doors.progress import Argument, Failed, Refusal, run, say

ADMIN, OWNER, APP = "postgres", "geogrid_owner", "geogrid_app"
VERSIONS = (17, 16, 15, 14)
COMMON = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0777",  # the folder around it is private, and peer asks who it is
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C.UTF-8",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "jit": "off",
    "log_lock_waits": "on",
    "log_min_duration_statement": "2000",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """Folder of PostgreSQL's server programs, or None."""
    chosen = os.environ.get("PGBIN", "").strip()
    folders = [Path(chosen)] if chosen else []
    folders += [Path(f"/usr/lib/postgresql/{version}/bin") for version in VERSIONS]
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Cluster:
    """One data folder and the server on it. `durable=False` trades safety for speed, for tests."""

    def __init__(self, places: Places, name: str, *, durable: bool) -> None:
        self.places, self.name, self.durable = places, name, durable
        self.data = places.state / name
        self.sockets = places.sockets(name)
        self.log = places.logs / f"{name}.log"
        found = programs()
        if found is None:
            raise Refusal(
                "PostgreSQL's server programs were not found (set PGBIN to their folder)."
            )
        self.bin = found

    def ensure_running(self) -> None:
        """Create the cluster if it is not there and start it if it does not run."""
        self._prepare_folders()
        if not self.durable and self._survived_a_crash_of_the_machine():
            say("test database: thrown away after a crash of the machine")
            shutil.rmtree(self.data)
        self._create()
        self._start()

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def stop(self, mode: str = "fast") -> bool:
        """Stop the server; False when it did not run."""
        if not self.is_running():
            return False
        run(self._control("-w", "-t", "60", "-m", mode, "stop"), cwd=Path("/"))
        return True

    def sql(self, statement: str, *, database: str = "postgres", role: str = ADMIN) -> str:
        """What psql prints for `statement`: unaligned, no headings. Raises Failed on any error."""
        psql: list[Argument] = [self.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
        target: list[Argument] = ["-h", self.sockets, "-U", role, "-d", database]
        return run([*psql, *target], text_in=statement, cwd=Path("/")).strip()

    def url(self, database: str, role: str) -> str:
        return f"postgis://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def program(self, name: str, *arguments: Argument, database: str) -> list[Argument]:
        """A client program's command line, as the owner of `database`."""
        return [self.bin / name, "-h", self.sockets, "-U", OWNER, "-d", database, *arguments]

    # ------------------------------------------------------------ how it is done
    def _control(self, *arguments: Argument) -> list[Argument]:
        return as_user(DATABASE_USER, [self.bin / "pg_ctl", "-D", self.data, *arguments])

    def _prepare_folders(self) -> None:
        if IS_ROOT:
            self.sockets.parent.mkdir(parents=True, exist_ok=True)
        elif self.sockets.parent.parent == Path("/tmp"):
            self.places.give_to(ADMIN, self.sockets.parent, 0o700)
        self.places.give_to(DATABASE_USER, self.sockets, 0o700)
        if IS_ROOT and _exists(WEB_USER):
            os.chown(self.sockets, -1, pwd.getpwnam(WEB_USER).pw_gid)
            self.sockets.chmod(0o750)
        self.log.touch()
        if IS_ROOT:
            owner = pwd.getpwnam(DATABASE_USER)
            os.chown(self.log, owner.pw_uid, owner.pw_gid)

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            self._same_version()
            return
        say(f"{self.name}: creating a PostgreSQL of our own")
        # Made under another name first: an interrupted initdb never leaves half a cluster.
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.places.give_to(DATABASE_USER, fresh, 0o700)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer", f"--username={ADMIN}"]
        options.append("--data-checksums" if self.durable else "--no-sync")
        run(
            as_user(DATABASE_USER, [self.bin / "initdb", "-D", fresh, *options]),
            cwd=Path("/"),
            doing="creating the database cluster",
        )
        (fresh / "pg_hba.conf").write_text("local all all peer map=geogrid\n")
        (fresh / "pg_ident.conf").write_text(_identities())
        fresh.rename(self.data)

    def _same_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = run([self.bin / "postgres", "--version"]).split()[2].split(".")[0]
        if made_by != ours:
            raise Refusal(
                f"{self.data} was made by PostgreSQL {made_by}, the programs here are {ours}. "
                f"Set PGBIN to the folder of PostgreSQL {made_by}'s programs."
            )

    def _start(self) -> None:
        self._write_settings()
        if not self.is_running():
            # PostgreSQL would take any process with the number of a killed one for itself.
            for left in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*.lock")):
                left.unlink(missing_ok=True)
        else:
            if self._listens_here():
                return
            self.stop()  # its folder was moved, or its socket was swept away
        try:
            run(
                self._control("-w", "-t", "90", "-l", self.log, "-s", "start"),
                cwd=Path("/"),
                doing="starting the database",
            )
        except Failed as failed:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
            raise Refusal(f"the database did not start:\n{failed.output}\n{tail}") from None
        self._boot_note().write_text(_boot())

    def _postmaster(self) -> int | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if processes.is_alive(pid, "postgres") else None

    def _listens_here(self) -> bool:
        # The fifth line of postmaster.pid is the socket's folder.
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return lines[4:5] == [str(self.sockets)] and any(self.sockets.glob(".s.PGSQL.*"))

    def _write_settings(self) -> None:
        values = {**COMMON, "unix_socket_directories": str(self.sockets)}
        values |= DURABLE if self.durable else FLEETING
        text = "".join(f"{name} = '{value}'\n" for name, value in values.items())
        path = self.data / "postgresql.auto.conf"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)

    def _boot_note(self) -> Path:
        return self.places.scratch / f"{self.name}.boot"

    def _survived_a_crash_of_the_machine(self) -> bool:
        # Without fsync only the machine's own crash loses pages; a killed server does not.
        note = self._boot_note()
        unclean = (self.data / "postmaster.pid").exists()
        return unclean and note.exists() and note.read_text() != _boot()


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def _exists(user: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


def _identities() -> str:
    """Which system user may be which role: the web user is never the owner of the tables."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    allowed: dict[str, tuple[str, ...]] = {me: (ADMIN, OWNER, APP)}
    if IS_ROOT:
        allowed |= {DATABASE_USER: (ADMIN, OWNER), WEB_USER: (APP,)}
    lines = [f'geogrid "{user}" {role}\n' for user, roles in allowed.items() for role in roles]
    return "".join(lines)
