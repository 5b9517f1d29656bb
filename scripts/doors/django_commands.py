"""Running manage.py with the environment of this installation."""

import os
from collections.abc import Mapping
from pathlib import Path

from doors.cluster import APP, OWNER, Cluster
from doors.databases import DEMO_DATABASE
from doors.places import DATABASE_USER, IS_ROOT, WEB_USER, Places, as_user
from doors.progress import Argument, Failed, Refusal, follow, run
from doors.settings_file import installation_secrets

NOT_USABLE = 4
LOOK_AT_DATABASE = """
import psycopg2, sys
from geogrid.config.environment import DATABASE_URL, database_settings
d = database_settings(DATABASE_URL.text())
try:
    c = psycopg2.connect(dbname=d["NAME"], user=d["USER"], password=d["PASSWORD"],
                         host=d["HOST"], port=d["PORT"] or None, connect_timeout=5).cursor()
except psycopg2.OperationalError as problem:
    sys.exit("It cannot be reached: " + str(problem).strip())
c.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
version, encoding = c.fetchone()
if version < 140000 or encoding != "UTF8":
    sys.exit(f"It is version {version // 10000} with {encoding}; GeoGrid needs 14 or newer, UTF8.")
c.execute("SELECT array_agg(extname::text) FROM pg_extension")
lacking = {"postgis", "btree_gist", "pg_trgm"} - set(c.fetchone()[0])
if lacking:
    lines = "".join(f"\\n    CREATE EXTENSION {name};" for name in sorted(lacking))
    sys.exit("It lacks extensions. An administrator runs in that database:\\n" + lines)
c.execute("SELECT has_schema_privilege('public', 'create')")
if sys.argv[1:] == ["owner"] and not c.fetchone()[0]:
    sys.exit("Its user may not create tables in the schema public.")
"""


class Django:
    """manage.py of one installation: which database, which role, which system user."""

    def __init__(self, places: Places, cluster: Cluster | None, *, demo: bool) -> None:
        self.places, self.cluster, self.demo = places, cluster, demo

    def database_url(self, role: str) -> str:
        """Of the private cluster, or as the environment says for a server of the user's own."""
        if self.cluster is not None:
            return self.cluster.url(DEMO_DATABASE, role)
        owner = os.environ.get("DATABASE_OWNER_URL", "").strip()
        return owner if role == OWNER and owner else os.environ["DATABASE_URL"].strip()

    def environment(self, role: str = APP) -> dict[str, str]:
        """What the settings read; see geogrid.config.environment."""
        secrets = installation_secrets(self.places.state)
        cache = self.places.scratch / "cache"
        return {
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "geogrid.config.settings.prod"
            ),
            "GEOGRID_SECRET_KEY": os.environ.get("GEOGRID_SECRET_KEY") or secrets["secret_key"],
            "GEOGRID_DEMO": "1" if self.demo else "0",
            "GEOGRID_DEMO_PASSWORD": secrets["demo_password"] if self.demo else "",
            "GEOGRID_STATE": str(self.places.state),
            "GEOGRID_NODE_MODULES": str(self.places.node_modules),
            "DATABASE_URL": self.database_url(role),
            **({"HOME": str(cache), "XDG_CACHE_HOME": str(cache)} if IS_ROOT else {}),
        }

    def command(self, *words: Argument, user: str = WEB_USER) -> list[Argument]:
        """The command line of `manage.py WORDS` as a system user."""
        return as_user(user, [self.places.python, self.places.code / "manage.py", *words])

    def run(self, *words: Argument, env: Mapping[str, str] | None = None) -> str:
        """Run as the web user with the application's role; returns what it printed."""
        return run(self.command(*words), env=env or self.environment(), cwd=self.places.code)

    def follow(self, *words: Argument) -> None:
        """The same, passing its lines on as they come."""
        follow(self.command(*words), env=self.environment(), cwd=self.places.code)

    def migrate(self, url: str | None = None, doing: str = "migrating") -> None:
        """Bring the tables up to date, as their owner."""
        env = {**self.environment(OWNER), **({"DATABASE_URL": url} if url else {})}
        run(
            self.command("migrate", "--noinput", "-v0", user=DATABASE_USER),
            env=env,
            cwd=self.places.code,
            doing=doing,
        )

    def look_at_database(self) -> None:
        """Refuse, in a sentence, a DATABASE_URL that migrations or pages could not use."""
        for role in (OWNER, APP):
            python: list[Argument] = [self.places.python, "-c", LOOK_AT_DATABASE]
            words = [*python, "owner"] if role == OWNER else python
            try:
                run(as_user(WEB_USER, words), env=self.environment(role), cwd=self.places.code)
            except Failed as failed:
                raise Refusal(
                    f"the database of DATABASE_URL cannot be used. {failed.output.strip()}",
                    NOT_USABLE,
                ) from None

    def has_command(self, name: str) -> bool:
        """Whether some app of ours brings the command `name`."""
        tops = (self.places.code / "geogrid", self.places.code / "layers")
        return any(_commands(top, name) for top in tops)


def _commands(top: Path, name: str) -> list[Path]:
    return list(top.glob(f"**/management/commands/{name}.py"))
