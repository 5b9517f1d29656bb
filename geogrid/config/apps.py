"""Makes Django know the installation's own checks."""

from importlib import import_module

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "geogrid.config"
    verbose_name = "GeoGrid"

    def ready(self) -> None:
        import_module("geogrid.config.checks")
