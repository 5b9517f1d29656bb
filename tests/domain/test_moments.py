"""Moments of a draft have names, which are changed and forgotten; the history stays."""

import pytest

from geogrid.accounts.errors import NotAllowed
from geogrid.territory.actions import forget_moment, name_moment, propose
from geogrid.territory.commands import Describe
from geogrid.territory.errors import (
    CommandUnreadable,
    NoSuchMoment,
    NotADraft,
    TextMissing,
    TextTooLong,
)
from geogrid.territory.models import Moment, Plan
from tests.domain.editing import do, draft, lineage
from tests.factories import FOUNDED, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    made = draft()
    do(made, Describe(lineage(made, 1), name="北苑", base_revision=0))
    return made


def name(plan: Plan, revision: int, words: str, by: object = None) -> Moment:
    return name_moment(plan=plan, revision=revision, name=words, by=by, at=FOUNDED)


def test_a_moment_is_named_renamed_and_forgotten(plan: Plan) -> None:
    name(plan, 0, "开始")
    name(plan, 1, " 书记看过 ")
    name(plan, 1, "居委会看过")
    assert list(plan.moments.values_list("revision", "name")) == [(1, "居委会看过"), (0, "开始")]
    forget_moment(plan=plan, revision=1, by=None)
    with pytest.raises(NoSuchMoment):
        forget_moment(plan=plan, revision=1, by=None)
    assert plan.edits.count() == 1


def test_what_cannot_be_named(plan: Plan) -> None:
    with pytest.raises(CommandUnreadable):
        name(plan, 2, "将来")
    with pytest.raises(TextMissing):
        name(plan, 1, "  ")
    with pytest.raises(TextTooLong):
        name(plan, 1, "长" * 81)
    with pytest.raises(NotAllowed):
        name(plan, 1, "外人", by=UserFactory())
    propose(plan=plan, by=None, at=FOUNDED)
    with pytest.raises(NotADraft):
        name(plan, 1, "太晚")
