"""The databases inside a cluster: two roles, extensions, and the migrated template for tests."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from doors.cluster import APP, OWNER, Cluster
from doors.lock import alone
from doors.places import CHECKOUT
from doors.progress import say

DEMO_DATABASE = "geogrid"
PREPARED = "geogrid_prepared"
TEMPLATES_KEPT = 4
ROLES = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN
        CREATE ROLE {OWNER} LOGIN NOSUPERUSER;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        CREATE ROLE {APP} LOGIN NOSUPERUSER;
    END IF;
END $$;
"""
# What only a superuser may do in a new database; every line may run again. TRUNCATE is not
# granted: the application deletes row by row, where the guards can see it.
PREPARE = f"""
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
ALTER SCHEMA public OWNER TO {OWNER};
GRANT USAGE ON SCHEMA public TO {APP};
GRANT SELECT, INSERT, UPDATE, DELETE ON spatial_ref_sys TO {OWNER};
GRANT SELECT ON spatial_ref_sys TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO {APP};
"""
Migrate = Callable[[str], None]


def prepare(cluster: Cluster) -> None:
    """Roles and the prepared database that all others start from."""
    if _exists(cluster, PREPARED, template=True):
        return
    cluster.sql(ROLES)
    if not _exists(cluster, PREPARED):
        cluster.sql(f"CREATE DATABASE {PREPARED} OWNER {OWNER}")
    cluster.sql(PREPARE, database=PREPARED)
    cluster.sql(f"ALTER DATABASE {PREPARED} IS_TEMPLATE true ALLOW_CONNECTIONS false")


def create(cluster: Cluster, name: str) -> bool:
    """Create a prepared, empty database; False when it is there already."""
    if _exists(cluster, name):
        return False
    cluster.sql(f"CREATE DATABASE {name} TEMPLATE {PREPARED} OWNER {OWNER}")
    return True


def catch_up(cluster: Cluster, name: str) -> None:
    """Give a database of an earlier release what PREPARE says today."""
    cluster.sql(PREPARE, database=name)


def drop(cluster: Cluster, name: str) -> None:
    """Drop a database, whoever is connected; nothing happens when it is not there."""
    if _exists(cluster, name):
        cluster.sql(f"ALTER DATABASE {name} IS_TEMPLATE false")
        cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


def migrated_template(cluster: Cluster, migrate: Migrate) -> str:
    """Name of a migrated template database for the code as it stands; made where missing.

    `migrate` is called with the name of a prepared database and migrates it.
    """
    name = f"template_{migrations_digest()}"
    with alone(cluster.places.scratch / "template.lock", "another test run"):
        if _exists(cluster, name, template=True):
            return name
        say("test database: migrating the template")
        drop(cluster, name)  # left half-made by a run that was killed
        create(cluster, name)
        migrate(name)
        cluster.sql(f"ALTER DATABASE {name} IS_TEMPLATE true")
    return name


def migrations_digest() -> str:
    """Changes whenever a migration, a database function or the lock file changes."""
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes() + PREPARE.encode())
    for path in _migration_files(("geogrid", "layers")):
        digest.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def drop_left_over(cluster: Cluster) -> None:
    """Drop the databases of test runs that were killed, and templates of older code."""
    for name in _names(cluster, "run\\_%"):
        run_id = re.fullmatch(r"run_(\d+)_.*", name)
        if run_id and not Path(f"/proc/{run_id[1]}").exists():
            drop(cluster, name)
    for prefix in ("template", "towns"):
        kept = cluster.sql(
            f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}\\_%' AND datistemplate "
            "ORDER BY oid DESC"
        ).split()
        for name in kept[TEMPLATES_KEPT:]:
            drop(cluster, name)
            shutil.rmtree(cluster.places.scratch / "towns" / name, ignore_errors=True)


def drop_run(cluster: Cluster, run_id: int) -> None:
    """Drop the databases of one test run; a cluster that is gone has none."""
    if not cluster.is_running():
        return
    for name in _names(cluster, f"run\\_{run_id}\\_%"):
        drop(cluster, name)


def _migration_files(tops: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for top in tops:
        for folder in sorted((CHECKOUT / top).rglob("migrations")):
            found += [path for path in folder.rglob("*") if path.suffix in {".py", ".sql"}]
    for top in tops:  # functions kept beside their migrations
        found += list((CHECKOUT / top).rglob("sql/*.sql"))
    return sorted(set(found))


def _names(cluster: Cluster, pattern: str) -> list[str]:
    return cluster.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}'").split()


def _exists(cluster: Cluster, name: str, *, template: bool = False) -> bool:
    only = " AND datistemplate" if template else ""
    return bool(cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'{only}"))
