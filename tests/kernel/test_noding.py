"""What repairs of the same shapes share is kept, and never taken for that of other shapes."""

from typing import Any

import pytest
import shapely

from geogrid.coverage import noding
from geogrid.coverage.noding import KeptGround
from geogrid.coverage.repair import repair
from tests.tilings import tiling


def test_a_choice_is_answered_from_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    town = tiling(60)
    mess = town.faces.copy()
    for at in range(0, 60, 6):
        mess[at] = shapely.buffer(mess[at], 4e-5, join_style="mitre")
    kept = KeptGround()
    first = repair(mess, town.outline, kept=kept)
    choices = {one.key: one.options[-1] for one in first.questions if one.options}
    assert choices
    anew = repair(mess, town.outline, choices=choices)
    asked = []
    made = noding.noded

    def watched(*given: Any) -> noding.Noded:
        asked.append(given)
        return made(*given)

    monkeypatch.setattr(noding, "noded", watched)
    again = repair(mess, town.outline, choices=choices, kept=kept)
    assert not asked
    assert again.questions == anew.questions
    assert (shapely.to_wkb(again.tiling) == shapely.to_wkb(anew.tiling)).all()
    other = repair(mess, town.outline, gaps_up_to_m2=0.0, kept=kept)
    fresh = repair(mess, town.outline, gaps_up_to_m2=0.0)
    assert asked
    assert (shapely.to_wkb(other.tiling) == shapely.to_wkb(fresh.tiling)).all()
    repair(town.faces, town.outline, kept=kept)
    assert len(asked) > 1
