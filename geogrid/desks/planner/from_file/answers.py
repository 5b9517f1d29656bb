"""What the bringer of a file has said about it so far: kept with the upload, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from geogrid.coverage.repair import Rule
from geogrid.territory.plan_files.fields import HEADERS
from geogrid.territory.plan_files.proposal import Mending
from layers.intake.coordinates import SHIFTED
from layers.intake.vector_files import Told

__all__ = ["LONGEST", "Answers"]

LONGEST = 200
MOST_OWNERS = 10_000  # a city of 2,000 grids has a few hundred findings


@dataclass(frozen=True)
class Answers:
    """Answers of one person about one file.

    `fields` holds a column for each meaning that somebody has looked at, "" for "there is none";
    `layers` are the layers that the file turned out to have; `settled` says that the proposals are
    taken wherever nothing was chosen.
    """

    layer: str = ""
    crs: str = ""
    encoding: str = ""
    swap: bool = False
    scale: float = 1.0
    unshift: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    overlaps: str = Rule.SMALLEST.value
    gaps_m2: float = 500.0
    gaps_m: float = 2.0
    slivers_m2: float = 100.0
    owners: Mapping[str, str | None] = field(default_factory=dict)
    settled: bool = False

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Out of JSON; what is not known, or of another kind, is left out."""
        plain = cls()
        told: dict[str, Any] = {}
        for name, value in kept.items():
            usual = getattr(plain, name, None)
            if name in cls.__dataclass_fields__ and isinstance(value, type(usual) | list | dict):
                told[name] = tuple(value or ()) if name == "layers" else value
        return cls(**told)

    def kept(self) -> dict[str, Any]:
        """As JSON, without what is as usual."""
        plain = Answers()
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        told = {name: value for name, value in told.items() if value != getattr(plain, name)}
        told |= {"layers": list(self.layers)} if self.layers else {}
        plain_told: dict[str, Any] = _without_nul(told)
        return plain_told

    def told(self) -> Told:
        """For the reader of the file."""
        return Told(
            layer=self.layer or None,
            crs=self.crs or None,
            encoding=self.encoding or None,
            swap_axes=self.swap,
            scale=self.scale,
            unshift=self.unshift if self.unshift in SHIFTED else None,
        )

    def mending(self, pieces_reason: str = "") -> Mending:
        """For the repair."""
        return Mending(
            overlaps=Rule(self.overlaps),
            gaps_up_to_m2=self.gaps_m2,
            gaps_up_to_m=self.gaps_m,
            slivers_up_to_m2=self.slivers_m2,
            pieces_reason=pieces_reason,
        )

    def all_chosen(self, owners: Mapping[str, str | None]) -> Self:
        """With more findings decided; where there is no end of them the oldest go."""
        told = {key[:LONGEST]: owner and owner[:LONGEST] for key, owner in owners.items()}
        latest = list({**self.owners, **told}.items())[-MOST_OWNERS:]
        return replace(self, owners=dict(latest))

    def known_fields(self) -> dict[str, str]:
        """Only meanings that there are."""
        return {meaning: column for meaning, column in self.fields.items() if meaning in HEADERS}


def _without_nul(value: Any) -> Any:
    """What PostgreSQL can keep: no text of it holds the character zero."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(one) for key, one in value.items()}
    return [_without_nul(one) for one in value] if isinstance(value, list) else value
