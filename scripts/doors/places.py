"""Where things are, and which system users may touch them.

An ordinary user owns everything: code, database and web server. Root shares the work between two
system users: `postgres` runs the database and migrates it, `geogrid` runs the web server and can
write neither the code nor the tables' definitions. Where those two cannot reach the checkout (a
home folder with mode 0700, say), the code they run is a copy below /var/lib/geogrid.
"""

import filecmp
import hashlib
import os
import pwd
import shutil
import stat
import sys
from functools import cached_property
from pathlib import Path

from doors.progress import Argument, Refusal, run, works

CHECKOUT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
WEB_USER = "geogrid"
DATABASE_USER = "postgres"
SYSTEM_STATE = Path("/var/lib/geogrid")
CODE = ("geogrid", "layers", "map_templates", "fixtures", "scripts", "tests", "docs")
CODE_FILES = (
    "manage.py",
    "requirements.txt",
    "package.json",
    "package-lock.json",
    "pyproject.toml",
)
LONGEST_SOCKET_FOLDER = 80  # bytes; a Unix socket's whole path must stay below 108


class Places:
    """The folders of one checkout's installation."""

    def __init__(self) -> None:
        if sys.version_info < (3, 11):  # noqa: UP036  the doors run on whatever python3 there is
            raise Refusal("GeoGrid needs Python 3.11 or newer.")
        self.checkout = CHECKOUT
        self.tag = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:10]

    @cached_property
    def shared_checkout(self) -> bool:
        """Whether the system users can read the checkout (always, unless root runs the door)."""
        if not IS_ROOT:
            return True
        probe = f"test -r '{Path(__file__)}' -a -x '{CHECKOUT / 'scripts'}'"
        nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        return works([*nobody, "sh", "-c", probe.replace("\\", "\\\\")])

    @cached_property
    def base(self) -> Path:
        """Where the virtual environment and the npm packages lie."""
        return self.checkout if self.shared_checkout else SYSTEM_STATE / self.tag

    @cached_property
    def code(self) -> Path:
        """The code that the system users run: the checkout itself, or a copy of it."""
        return self.checkout if self.shared_checkout else self.base / "code"

    @cached_property
    def state(self) -> Path:
        """What an installation keeps: database, media, secrets, logs."""
        chosen = os.environ.get("GEOGRID_STATE", "").strip()
        if chosen:
            return Path(chosen).resolve()
        return self.checkout / "var" if self.shared_checkout else self.base / "var"

    @property
    def venv(self) -> Path:
        return self.base / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def node_modules(self) -> Path:
        return self.base / "node_modules"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def scratch(self) -> Path:
        return self.state / "tmp"

    def sockets(self, name: str) -> Path:
        """Folder of a cluster's socket: short, plain, private, and one for each state folder."""
        tag = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:10]
        if IS_ROOT:
            return Path("/run/geogrid") / tag / name
        near = self.state / "run" / name
        if str(near).isascii() and "," not in str(near) and len(str(near)) < LONGEST_SOCKET_FOLDER:
            return near
        return Path("/tmp") / f"geogrid-{os.geteuid()}-{tag}" / name

    def prepare(self) -> None:
        """Make the folders with their owners; refuse what belongs to somebody else."""
        for folder in (self.base, self.state, self.logs, self.scratch):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except PermissionError:
                raise Refusal(f"{folder} cannot be made by this account.") from None
        if not os.access(self.state, os.W_OK):
            raise Refusal(
                f"{self.state} belongs to another account (was a door opened as root before?). "
                "Use that account again, or set GEOGRID_STATE to a folder of your own."
            )

    def give_to(self, user: str, folder: Path, mode: int) -> Path:
        """Make a folder that belongs to a system user (to the caller unless root)."""
        folder.mkdir(parents=True, exist_ok=True)
        entry = folder.lstat()
        owner = pwd.getpwnam(user) if IS_ROOT else pwd.getpwuid(os.geteuid())
        if stat.S_ISLNK(entry.st_mode) or entry.st_uid not in {owner.pw_uid, os.geteuid()}:
            raise Refusal(f"{folder} belongs to someone else; it is not used.")
        if IS_ROOT:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(mode)
        return folder

    def hand_over(self, user: str, folder: Path) -> None:
        """Give everything below a folder to a system user, whoever wrote it."""
        if not IS_ROOT:
            return
        owner = pwd.getpwnam(user)
        for path in [folder, *folder.rglob("*")]:
            if path.lstat().st_uid != owner.pw_uid:
                os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def copy_code(self) -> None:
        """Bring the copy that the system users run up to date; a shared checkout needs none."""
        if self.shared_checkout:
            return
        self.code.mkdir(parents=True, exist_ok=True)
        for name in CODE_FILES:
            _copy_newer(self.checkout / name, self.code / name)
        for name in CODE:
            _copy_tree(self.checkout / name, self.code / name)


def as_user(user: str, command: list[Argument]) -> list[Argument]:
    """The command that runs `command` as a system user; unchanged for an ordinary caller."""
    if not IS_ROOT or user == "root":
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *command]


def make_web_user() -> None:
    """Create the system user that the web server runs as, where root opens the door."""
    if not IS_ROOT:
        return
    try:
        pwd.getpwnam(WEB_USER)
    except KeyError:
        home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        run(["useradd", "--system", "--user-group", *home, WEB_USER])


def fingerprint(*folders: Path) -> str:
    """A digest of names, sizes and times of the files below some folders; reads no content."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted([folder] if folder.is_file() else folder.rglob("*")):
            if path.is_file() and path.suffix not in {".pyc", ".mo"}:
                entry = path.stat()
                digest.update(f"{path}|{entry.st_size}|{entry.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _copy_newer(source: Path, target: Path) -> None:
    if not source.exists():
        return
    if not (target.exists() and filecmp.cmp(source, target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) and source.stat().st_mode & 0o100 else 0o644)


def _copy_tree(source: Path, target: Path) -> None:
    kept = {"__pycache__"}
    wanted = set()
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        if path.is_file() and not kept & set(inside.parts):
            wanted.add(inside)
            _copy_newer(path, target / inside)
    for path in sorted(target.rglob("*"), reverse=True):
        inside = path.relative_to(target)
        if path.is_dir():
            path.chmod(0o755)
            if not any(path.iterdir()):
                path.rmdir()
        elif inside not in wanted and path.suffix != ".pyc":
            path.unlink()
