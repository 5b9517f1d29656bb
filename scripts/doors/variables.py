"""The environment variables that only the doors read, with their defaults.

What the settings read is declared in geogrid/config/environment.py; docs/operators.md lists both.
"""

VARIABLES = {
    "DATABASE_OWNER_URL": "",
    "PGBIN": "",
}
