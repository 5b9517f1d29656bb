"""The next free code: after the highest, then from the gaps, then never."""

from itertools import islice

import pytest

from geogrid.territory.errors import CodesExhausted
from geogrid.territory.numbering import code_of, free_numbers, label_of


def test_numbers_follow_the_highest_that_was_used() -> None:
    used = ["7001", "7004", "70041", "8009", "7x02"]
    assert list(islice(free_numbers("7", 3, used, parent="N"), 3)) == [5, 6, 7]
    assert list(islice(free_numbers("9", 3, used, parent="N"), 2)) == [1, 2]


def test_gaps_are_filled_when_nothing_follows_and_then_nothing_is_left() -> None:
    numbers = free_numbers("7", 1, ["72", "75", "79"], parent="北社区")
    assert list(islice(numbers, 6)) == [1, 3, 4, 6, 7, 8]
    with pytest.raises(CodesExhausted) as refusal:
        next(numbers)
    assert (refusal.value.data["width"], refusal.value.data["parent"]) == (1, "北社区")


def test_a_code_has_the_digits_of_its_level_and_a_label_two() -> None:
    assert (code_of("110", 7, 3), label_of(7), label_of(123)) == ("110007", "07", "123")
