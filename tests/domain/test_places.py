"""Places are registered with a history, and an office's own kinds are kinds like all others."""

from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from layers.feeds import registry, versions
from layers.places import actions, kinds
from layers.places.errors import CodeTaken, KindInUse, Nameless, NotAFact, ValueOfOtherType
from layers.places.models import OtherPlace, Place, PlaceChange, PlaceKind
from tests.factories import ShopFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, tzinfo=UTC)
HERE = Point(113.0001, 30.0001, srid=4326)
SLOTS = {"key": "slots", "name_zh": "车位", "name_en": "Slots", "type": "number"}


def charging(**more: object) -> PlaceKind:
    given = {"code": "charging", "name_zh": "充电桩", "name_en": "Charging stations",
             "icon": "power", "publish": True, "fields": [SLOTS]} | more  # fmt: skip
    return actions.add_kind(**given)


def placed(kind: kinds.Kind, **values: object) -> Place:
    return actions.register_place(
        kind=kind, anchor=HERE, values={"name": "北门"} | values, by=None, at=AT
    )


class TestPlaces:
    def test_a_life_leaves_a_history(self) -> None:
        shops, user = kinds.find("shops"), UserFactory()
        shop = placed(shops)
        actions.change_place(kind=shops, pk=shop.pk, values={"name": "南门"}, by=user, at=AT)
        actions.change_place(kind=shops, pk=shop.pk, values={"name": "南门"}, by=user, at=AT)
        actions.confirm_place(kind=shops, pk=shop.pk, by=user, at=AT)
        moved = actions.move_place(
            kind=shops, pk=shop.pk, anchor=Point(113.00020000001, 30.0, srid=4326), by=user, at=AT
        )
        assert (moved.anchor.x, moved.confirmed_by) == (113.0002, None)
        actions.retire_place(kind=shops, pk=shop.pk, by=user, at=AT)
        assert not shops.rows().exists() and not shops.public_rows().exists()
        told = PlaceChange.objects.order_by("pk").values_list("deed", "before", "after")
        assert [deed for deed, *_ in told] == [
            "registered", "changed", "confirmed", "moved", "retired",
        ]  # fmt: skip
        assert told[1][1:] == ({"name": "北门"}, {"name": "南门"})

    def test_each_write_gives_the_layer_a_new_version(self) -> None:
        before = versions.current("shops")
        placed(kinds.find("shops"))
        assert versions.current("shops") != before

    def test_without_name_and_address_nobody_finds_it(self) -> None:
        with pytest.raises(Nameless):
            placed(kinds.find("shops"), name="")

    def test_a_confidence_is_a_share(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ShopFactory(confidence=1.5)


class TestOwnKinds:
    def test_it_is_a_kind_like_all_others(self) -> None:
        charging()
        kind = kinds.find("charging")
        assert kind in kinds.every() and kind in kinds.published() and kind in kinds.searched()
        layer = registry.point_layer("charging")
        place = placed(kind, slots=8)
        assert place.attributes == {"slots": 8}
        assert list(layer.rows()) == [place]

    def test_what_is_not_published_is_no_layer(self) -> None:
        charging(publish=False)
        assert registry.point_layer("charging") is None
        assert kinds.find("charging").rows().count() == 0

    @pytest.mark.parametrize("code", ["shops", "buildings", "hazards", "charging"])
    def test_a_name_that_is_taken(self, code: str) -> None:
        charging()
        with pytest.raises(CodeTaken):
            charging(code=code)

    def test_facts_about_persons_are_refused(self) -> None:
        with pytest.raises(NotAFact):
            charging(fields=[SLOTS | {"name_zh": "户主姓名"}])

    def test_a_number_is_a_number(self) -> None:
        charging()
        with pytest.raises(ValueOfOtherType):
            placed(kinds.find("charging"), slots="many")

    def test_used_it_stays(self) -> None:
        row = charging()
        placed(kinds.find("charging"))
        with pytest.raises(KindInUse):
            actions.remove_kind(row=row)
        actions.change_kind(row=row, active=False)
        assert kinds.find("charging") not in kinds.published()
        assert registry.point_layer("charging") is None

    def test_the_ground_s_rules_hold(self) -> None:
        row, shop = charging(), ShopFactory()
        with pytest.raises(IntegrityError, match="on_lattice"), transaction.atomic():
            OtherPlace.objects.create(
                place_kind=row, source=shop.source, anchor=Point(113.00000000001, 30, srid=4326)
            )
