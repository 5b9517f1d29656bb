"""Which function does which kind of job. Apps register theirs in `jobs.py`, found at start-up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

__all__ = ["Periodic", "handler", "handler_of", "kinds", "periodic", "periodics"]

# A handler gets the job's payload. It must be safe to run twice: a worker that dies after the work
# and before the tick leaves the job to the next one.
Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Periodic:
    kind: str
    every: timedelta


_handlers: dict[str, Handler] = {}
_periodics: dict[str, Periodic] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of `kind`."""

    def register(function: Handler) -> Handler:
        if _handlers.setdefault(kind, function) is not function:
            raise ValueError(f"two handlers for jobs of kind {kind}")
        return function

    return register


def periodic(kind: str, *, every: timedelta) -> Callable[[Handler], Handler]:
    """Register the decorated function and let the worker queue it once per `every`."""

    def register(function: Handler) -> Handler:
        _periodics[kind] = Periodic(kind, every)
        return handler(kind)(function)

    return register


def handler_of(kind: str) -> Handler | None:
    return _handlers.get(kind)


def kinds() -> list[str]:
    return sorted(_handlers)


def periodics() -> list[Periodic]:
    return list(_periodics.values())
