"""Backups of one moment, and what a restored one must equal.

A backup is a folder with `database.dump` (pg_dump's own format), `media.tar` and `manifest.json`:
rows and digest of every table, seen in the very snapshot that was dumped, and the digest of every
media file. It is written under another name and renamed when it is complete.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from doors import databases
from doors.cluster import Cluster, programs
from doors.progress import Argument, Failed, Refusal, environment, run, say

DUMP, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"
# One line per table: name, rows, digest of its rows whatever their order.
DIGESTS = """
SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(d, %L ORDER BY d), %L)) '
              'FROM (SELECT md5(x::text) AS d FROM %I.%I AS x) AS rows',
              relname, '', '', nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = 'public' AND relname <> 'spatial_ref_sys'
ORDER BY relname
"""


def write(url: str, media: Path, target: Path) -> Path:
    """Write a backup of the database at `url` and of a media folder below `target`."""
    name = time.strftime("geogrid-%Y%m%dT%H%M%SZ", time.gmtime())
    folder, part = target / name, target / f"{name}.part"
    for left in target.glob("geogrid-*.part"):
        shutil.rmtree(left)
    part.mkdir(parents=True, mode=0o700)
    tables = _dump(_libpq(url), part / DUMP)
    # Files are written before the rows that name them, so files copied after cover all rows.
    files = pack(media, part / MEDIA)
    manifest = {"made_at": name[8:], "tables": tables, "files": files}
    (part / MANIFEST).write_text(json.dumps(manifest, indent=1))
    for path in part.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    part.rename(folder)
    return folder


def try_out(cluster: Cluster, folder: Path) -> list[str]:
    """Restore into a scratch database and say what differs from the manifest."""
    databases.prepare(cluster)
    name = f"run_{os.getpid()}_drill"
    databases.drop(cluster, name)
    try:
        _restore_into(cluster, name, folder)
        return differences(cluster, name, folder)
    finally:
        databases.drop(cluster, name)


def differences(cluster: Cluster, name: str, folder: Path) -> list[str]:
    """Tables and files that are not what the manifest says, one sentence each."""
    manifest = json.loads((folder / MANIFEST).read_text())
    found = _table_digests(cluster, name)
    wanted = manifest["tables"]
    lines = [
        f"table {table}: {wanted.get(table)} in the manifest, {found.get(table)} restored"
        for table in sorted({*wanted, *found})
        if wanted.get(table) != found.get(table)
    ]
    packed = _packed_digests(folder / MEDIA)
    return lines + [
        f"file {path}"
        for path in sorted({*manifest["files"], *packed})
        if manifest["files"].get(path) != packed.get(path)
    ]


def replace_database(cluster: Cluster, name: str, folder: Path) -> None:
    """Put the backup in the place of database `name`; the old one stays as NAME_before_restore."""
    fresh, old = f"{name}_restoring", f"{name}_before_restore"
    databases.drop(cluster, fresh)
    _restore_into(cluster, fresh, folder)
    wrong = differences(cluster, fresh, folder)
    if wrong:
        raise Refusal("the backup is damaged, nothing was changed:\n" + "\n".join(wrong[:5]))
    databases.drop(cluster, old)
    cluster.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    cluster.sql(
        f"BEGIN; ALTER DATABASE {name} RENAME TO {old}; "
        f"ALTER DATABASE {fresh} RENAME TO {name}; COMMIT;"
    )
    say(f"database: restored; the one before is kept as {old}")


def replace_media(media: Path, folder: Path) -> None:
    """Unpack the backup's media in the place of `media`; the old ones stay beside it."""
    old = media.with_name(f"{media.name}.before-restore")
    shutil.rmtree(old, ignore_errors=True)
    if media.exists():
        media.rename(old)
    media.mkdir()
    with tarfile.open(folder / MEDIA) as packed:
        for member in packed:
            content = packed.extractfile(member)
            path = (media / member.name).resolve()
            if content is None or not path.is_relative_to(media.resolve()):
                continue  # a folder, or a name that points out of the media folder
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                shutil.copyfileobj(content, file)


def counts(folder: Path) -> tuple[int, int]:
    """How many tables and files a backup holds."""
    manifest = json.loads((folder / MANIFEST).read_text())
    return len(manifest["tables"]), len(manifest["files"])


def _dump(connection: list[str], target: Path) -> dict[str, list[str]]:
    folder = _client_programs()
    psql = [str(folder / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", *connection]
    session = subprocess.Popen(
        psql, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    )
    if session.stdin is None or session.stdout is None:
        raise Refusal("psql could not be spoken to.")
    with session:
        session.stdin.write(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n"
        )
        session.stdin.flush()
        snapshot = session.stdout.readline().strip()
        if not snapshot:
            raise Refusal("the database cannot be read; see its message above.")
        options = ["--format=custom", f"--snapshot={snapshot}", f"--file={target}"]
        run([folder / "pg_dump", *options, *connection], doing="dumping")
        session.stdin.write(f"SELECT 'digests';\n{DIGESTS}\\gexec\n")
        session.stdin.close()
        lines = session.stdout.read().splitlines()
    return _as_digests(lines[lines.index("digests") + 1 :])


def _table_digests(cluster: Cluster, name: str) -> dict[str, list[str]]:
    return _as_digests(cluster.sql(f"{DIGESTS}\\gexec\n", database=name).splitlines())


def _as_digests(lines: list[str]) -> dict[str, list[str]]:
    return {line.split("|")[0]: line.split("|")[1:] for line in lines if line}


def _restore_into(cluster: Cluster, name: str, folder: Path) -> None:
    databases.create(cluster, name)
    restore = cluster.bin / "pg_restore"
    # Extensions and the schema are there already, made by the administrator.
    wanted = [
        line
        for line in run([restore, "--list", folder / DUMP]).splitlines()
        if not any(word in line for word in (" EXTENSION ", " SCHEMA ", "spatial_ref_sys"))
    ]
    listing = cluster.places.scratch / f"{name}.list"
    listing.write_text("\n".join(wanted) + "\n")
    options: list[Argument] = ["--exit-on-error", "--no-owner", "-L", listing, folder / DUMP]
    try:
        run(cluster.program("pg_restore", *options, database=name), doing="restoring")
    except Failed as failed:
        raise Refusal(f"the dump does not restore:\n{failed.output}") from None
    finally:
        listing.unlink()


def pack(media: Path, target: Path) -> dict[str, str]:
    with tarfile.open(target, "w") as archive:
        for path in sorted(media.rglob("*")):
            if path.is_file():
                archive.add(path, str(path.relative_to(media)))
    return _packed_digests(target)


def _packed_digests(archive: Path) -> dict[str, str]:
    digests = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            content = packed.extractfile(member)
            if content is not None:
                digests[member.name] = _digest(content)
    return digests


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := content.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _client_programs() -> Path:
    found = programs()
    if found is not None:
        return found
    pg_dump = shutil.which("pg_dump")
    if pg_dump is None:
        raise Refusal("pg_dump is missing: sudo apt-get install postgresql-client-15", 3)
    return Path(pg_dump).parent


def _libpq(url: str) -> list[str]:
    """psql's and pg_dump's way to name the database of a URL."""
    parts = urlsplit(url)
    return ["--dbname", parts._replace(scheme="postgresql").geturl()]
