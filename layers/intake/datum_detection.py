"""Which datum positions are in, judged by the ground they should fall on; a person decides.

Every reading of the numbers is tried (`readings`), and the ground says how likely points would fall
as they then do (`known_ground`). What the file or the person said is believed until another reading
is far likelier, is far likelier than displacing the points at random, and stands alone. Otherwise
the detector is silent: that it saw nothing is no proof that all is well.

Known Issues
------------
Fewer than eight points, or points that have nothing to do with buildings and streets, are told
apart only by whether they lie in the area. Systems that agree to 20 m are not told apart at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.datum.metric import metres_per_degree
from layers.intake.known_ground import Fall, Ground
from layers.intake.readings import AS_DEGREES, Reading, readings_near
from layers.intake.sentences import gettext as _

__all__ = ["Detection", "Judged", "Verdict", "detect"]

Points = NDArray[np.float64]
MOST = 500  # points judged; more say nothing new
FEWEST = 5
BELIEF = 3.0  # what is said counts as this much evidence (natural logarithm, as everywhere here)
TEMPER = 0.7  # points of one file are not independent
INSIDE = 12.0  # evidence of lying in the area altogether
DECISIVE = 6.0  # by which a reading must beat what was said
ALONE = 3.0  # by which it must beat the next one, and displacement at random
DECOYS = 24
DECOY_POINTS = 120  # enough for a comparison with chance
DECOY_M = (120.0, 900.0)
SAME_M = 20.0  # readings this close are one
SEED = 20


class Verdict(StrEnum):
    """What the detector has to say."""

    FITS = "fits"  # as said; nothing to say
    OTHER = "other"  # another reading is right
    UNPLACED = "unplaced"  # as said it is wrong; which reading is right cannot be told
    UNKNOWN = "unknown"  # cannot tell; nothing to say


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, where points fall when read so, and the evidence for it."""

    reading: Reading
    fall: Fall
    evidence: float
    middle: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    Attributes
    ----------
    verdict : Verdict
    said : Judged
        What the file or the person said.
    best : Judged
        The likeliest reading; the same as `said` when nothing speaks against that.
    sure : float
        How sure, from 0 to 1, that `best` is right among all that were tried.
    judged : tuple of Judged
        All readings tried, the likeliest first; one of those that agree.
    points : int
        How many points were judged.
    """

    verdict: Verdict
    said: Judged
    best: Judged
    sure: float
    judged: tuple[Judged, ...]
    points: int

    @property
    def silent(self) -> bool:
        return self.verdict in (Verdict.FITS, Verdict.UNKNOWN)

    @property
    def sentence(self) -> str:
        """ "Looks like GCJ-02: 94 % fall on buildings after conversion, 11 % before." or ""."""
        if self.silent:
            return ""
        if self.verdict is Verdict.UNPLACED:
            names = "; ".join(one.reading.name for one in self.judged[:3] if one.fall.inside > 0.5)
            told = _("Only %(inside)s of the points lie in the area as the file is read.") % {
                "inside": _share(self.said.fall.inside)
            }
            if names:
                return f"{told} " + _("They would with: %(readings)s.") % {"readings": names}
            return f"{told} " + _("No usual reading puts them there.")
        figures = {"reading": self.best.reading.name, **self._figures()}
        return self._wording() % figures

    def _figures(self) -> dict[str, str]:
        before, after = self._shown()
        return {"before": _share(before), "after": _share(after)}

    def _shown(self) -> tuple[float, float]:
        field = self._field()
        return getattr(self.said.fall, field), getattr(self.best.fall, field)

    def _field(self) -> str:
        """The share in which both readings differ most; buildings first."""
        before, after = self.said.fall, self.best.fall
        gains = [
            (after.on_buildings - before.on_buildings, "on_buildings"),
            (after.near - before.near, "near"),
        ]
        if after.inside - before.inside > 0.5 and max(gains)[0] < 0.2:
            return "inside"
        return max(gains)[1] if max(gains)[0] > 0.1 else "on_buildings"

    def _wording(self) -> str:
        field = self._field()
        if field == "near":
            return _(
                "Looks like %(reading)s: %(after)s fall beside streets or doors after conversion, "
                "%(before)s before."
            )
        if field == "inside":
            return _(
                "Looks like %(reading)s: %(after)s fall in the area after conversion, %(before)s "
                "before."
            )
        return _(
            "Looks like %(reading)s: %(after)s fall on buildings after conversion, %(before)s "
            "before."
        )


def detect(
    numbers: ArrayLike,
    ground: Ground,
    *,
    said: Reading = AS_DEGREES,
    readings: Sequence[Reading] | None = None,
    also: Iterable[str] = (),
) -> Detection:
    """Judge how pairs of numbers are to be read.

    Parameters
    ----------
    numbers : array_like of float, shape (n, 2)
        As in the file: the first column x or longitude, unless axes are exchanged.
    ground : Ground
    said : Reading
        What the file or the person says; the detector is silent as long as it fits.
    readings : sequence of Reading, optional
        What to try; by default all that bring the numbers near the ground.
    also : iterable of str
        Systems to try beside the usual ones.
    """
    given = np.asarray(numbers, dtype=np.float64).reshape(-1, 2)
    xy = _some(given[np.isfinite(given).all(axis=1)], MOST)
    tried = list(readings) if readings is not None else []
    tried = tried or readings_near(xy, ground.bounds, said, also)
    first = _judged(said, xy, ground)
    found = [first]
    for reading in tried:
        if reading != said:
            found.append(_judged(reading, xy, ground))
    ranked = _distinct(sorted(found, key=lambda one: -_trusted(one, said)), said)
    best = ranked[0]
    weights = np.exp([_trusted(one, said) - _trusted(best, said) for one in ranked])
    verdict = _verdict(xy, ground, first, ranked)
    if verdict in (Verdict.FITS, Verdict.UNKNOWN):
        best = first
    sure = float(weights[ranked.index(best)] / weights.sum()) if best in ranked else 0.0
    return Detection(verdict, first, best, sure, tuple(ranked), len(xy))


def _verdict(xy: Points, ground: Ground, said: Judged, ranked: list[Judged]) -> Verdict:
    best = ranked[0]
    if len(xy) < FEWEST:
        return Verdict.UNKNOWN
    lost = said.fall.inside < 0.2
    if best.reading == said.reading:
        if lost:
            return Verdict.UNPLACED
        return Verdict.FITS if best.fall.likeness > ALONE else Verdict.UNKNOWN
    others = [one for one in ranked[1:] if one.reading != said.reading]
    decided = best.evidence - said.evidence >= DECISIVE
    alone = not others or best.evidence - others[0].evidence >= ALONE
    if decided and alone and (lost or _no_accident(xy, ground, said, best)):
        return Verdict.OTHER
    return Verdict.UNPLACED if lost else Verdict.UNKNOWN


def _no_accident(xy: Points, ground: Ground, said: Judged, best: Judged) -> bool:
    """Whether displacing the points at random does clearly worse than the reading."""
    chance = np.random.default_rng(SEED)
    some = _some(xy, DECOY_POINTS)
    degrees = said.reading.to_degrees(some)
    right = ground.fall(best.reading.to_degrees(some)).likeness
    turn = chance.uniform(0, 2 * np.pi, DECOYS)
    far = chance.uniform(*DECOY_M, DECOYS)
    step = np.column_stack([np.cos(turn), np.sin(turn)]) * far[:, None]
    step /= metres_per_degree((ground.bounds[1] + ground.bounds[3]) / 2)
    away = (np.array(said.middle) + step - best.middle) * metres_per_degree(best.middle[1])
    step = step[np.hypot(away[:, 0], away[:, 1]) > 60]  # those are not beside the right place
    decoys = [ground.fall(degrees + one).likeness for one in step]
    return TEMPER * (right - max(decoys, default=0.0)) >= ALONE


def _judged(reading: Reading, xy: Points, ground: Ground) -> Judged:
    degrees = reading.to_degrees(xy)
    fall = ground.fall(degrees)
    usable = degrees[np.isfinite(degrees).all(axis=1)]
    x, y = np.median(usable, axis=0) if len(usable) else (np.nan, np.nan)
    evidence = TEMPER * fall.likeness + INSIDE * fall.inside
    return Judged(reading, fall, evidence, (float(x), float(y)))


def _trusted(one: Judged, said: Reading) -> float:
    return one.evidence + (BELIEF if one.reading == said else 0.0)


def _distinct(ranked: list[Judged], said: Reading) -> list[Judged]:
    """One of those that put the points at the same place: what was said, else the likeliest."""
    kept: list[Judged] = []
    for one in sorted(ranked, key=lambda one: one.reading != said):
        if not any(_apart_m(one, other) < SAME_M for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: -_trusted(one, said))


def _apart_m(one: Judged, other: Judged) -> float:
    step = (np.array(one.middle) - other.middle) * metres_per_degree(one.middle[1])
    metres = float(np.hypot(step[0], step[1]))
    return metres if np.isfinite(metres) else np.inf


def _some(xy: Points, most: int) -> Points:
    """At most so many points, evenly through the file."""
    return xy if len(xy) <= most else xy[np.linspace(0, len(xy) - 1, most).astype(int)]


def _share(share: float) -> str:
    return f"{share * 100:.0f} %"
