"""Other people's tools, which only benchmarks use: absent ones are said, not guessed."""

from importlib import import_module
from types import ModuleType

__all__ = ["peer"]


def peer(name: str) -> ModuleType | None:
    """The tool, or None and a line that says that it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        print(f"  {name:<30} not installed (scripts/requirements-dev.in): no comparison")
        return None
