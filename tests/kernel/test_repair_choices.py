"""Land that several claim, or nobody: asked about, answered, and exact whatever is said."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.choosing import NOBODY, Question, Subject
from geogrid.coverage.proof import residue
from geogrid.coverage.repair import Concern, Reason, Repair, repair
from tests.defects import Defects
from tests.kernel.test_repair import cells, drawn, exact, shapes_of
from tests.pictures import picture, whole
from tests.tilings import tiling


def only(result: Repair, subject: Subject) -> Question:
    (found,) = [one for one in result.questions if one.subject is subject]
    return found


def test_an_overlap_goes_to_whom_one_says() -> None:
    mess = [picture("aaa.")["a"], picture("..bb")["b"]]
    question = only(repair(mess, whole("aaab")), Subject.OVERLAP)
    assert (question.claimants, question.options) == ((0, 1), (0, 1))
    assert (question.proposed, question.owner, question.chosen) == (1, 1, False)
    assert question.area_m2 == cells(1)
    result = repair(mess, whole("aaab"), choices={question.key: 0})
    assert drawn(result, "aaab")
    again = only(result, Subject.OVERLAP)
    assert (again.key, again.owner, again.chosen) == (question.key, 0, True)
    assert again.proposed == 1


def test_nobody_may_get_it() -> None:
    mess = [picture("aaa.")["a"], picture("..bb")["b"]]
    key = only(repair(mess, whole("aaab")), Subject.OVERLAP).key
    result = repair(mess, whole("aaab"), choices={key: NOBODY})
    assert drawn(result, "aa.b")
    assert len(result.unassigned) == 1
    (move,) = result.moves
    assert (move.reason, move.losers, move.winner) == (Reason.LEFT, (0, 1), None)
    assert [doubt.concern for doubt in result.doubts] == [Concern.UNASSIGNED]
    assert exact(result, whole("aaab"))


def test_missing_land_is_asked_about_and_given() -> None:
    mess, outline = shapes_of("aaab\na..b\naaab"), whole("aaab\naaab\naaab")
    question = only(repair(mess, outline, gaps_up_to_m2=10), Subject.MISSING)
    assert (question.claimants, question.options, question.proposed) == ((), (0, 1), NOBODY)
    result = repair(mess, outline, gaps_up_to_m2=10, choices={question.key: 1})
    assert drawn(result, "aaab\nabbb\naaab")
    assert len(result.unassigned) == 0
    (move,) = result.moves
    assert (move.reason, move.winner) == (Reason.GAP, 1)


def test_a_filled_gap_can_stay_open() -> None:
    mess, outline = shapes_of("aaab\na.ab\naaab"), whole("aaab\naaab\naaab")
    question = only(repair(mess, outline, gaps_up_to_m2=1e4), Subject.GAP)
    assert question.owner == 0
    result = repair(mess, outline, gaps_up_to_m2=1e4, choices={question.key: NOBODY})
    assert drawn(result, "aaab\na.ab\naaab")
    assert len(result.unassigned) == 1


def test_an_island_can_be_given_away_and_the_key_is_the_same_afterwards() -> None:
    mess, outline = shapes_of("aabab"), whole("aabab")
    first = repair(mess, outline)
    assert drawn(first, "aabab")
    assert {one.subject for one in first.questions} == {Subject.ISLAND}
    mine = next(one for one in first.questions if one.proposed == 0)
    result = repair(mess, outline, choices={mine.key: 1})
    assert shapely.get_num_geometries(result.shapes[0]) == 1
    (move,) = result.moves
    assert (move.reason, move.losers, move.winner) == (Reason.DETACHED, (0,), 1)
    assert next(one for one in result.questions if one.key == mine.key).owner == 1


def test_keys_of_nothing_and_owners_that_are_none_are_passed_over() -> None:
    mess = [picture("aaa.")["a"], picture("..bb")["b"]]
    key = only(repair(mess, whole("aaab")), Subject.OVERLAP).key
    result = repair(mess, whole("aaab"), choices={"nonsense": 0, key: 7})
    assert drawn(result, "aabb")
    assert not only(result, Subject.OVERLAP).chosen


def test_a_gap_follows_its_neighbour_away() -> None:
    """The gap was proposed for whoever got the overlap beside it."""
    mess = [picture("aaa...")["a"], picture("..b.cc")["b"], picture("..b.cc")["c"]]
    before = repair(mess, whole("aaabcc"), gaps_up_to_m2=1e4)
    overlap = only(before, Subject.OVERLAP)
    assert overlap.owner == 1
    after = repair(mess, whole("aaabcc"), gaps_up_to_m2=1e4, choices={overlap.key: 0})
    assert exact(after, whole("aaabcc"))
    assert only(after, Subject.GAP).owner in (0, 2)


TOWN = tiling(40)
MESS = Defects(TOWN.faces, TOWN.outline)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_one_says_it_is_exact_and_the_keys_stay(data: st.DataObject) -> None:
    mess = TOWN.faces.copy()
    for index, metres in ((3, 8), (11, -8), (20, 25), (MESS.inner, -30)):
        mess[index] = shapely.buffer(mess[index], metres * 1e-5, join_style="mitre")
    first = repair(mess, TOWN.outline)
    steady = [one for one in first.questions if one.subject not in (Subject.SLIVER, Subject.ISLAND)]
    assert len(steady) > 5
    chosen = {
        one.key: data.draw(st.sampled_from([*one.options, NOBODY]))
        for one in data.draw(st.lists(st.sampled_from(steady), unique_by=lambda one: one.key))
    }
    result = repair(mess, TOWN.outline, choices=chosen)
    assert not len(residue(result.tiling, [result.outline]))
    asked = {one.key: one for one in result.questions}
    assert {one.key for one in steady} <= asked.keys()
    for key, owner in chosen.items():
        assert (asked[key].owner, asked[key].chosen) == (owner, True)
        assert asked[key].area_m2 == pytest.approx(
            next(one.area_m2 for one in steady if one.key == key)
        )
