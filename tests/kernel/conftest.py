"""Sentences that kernel tests read are the English ones, whatever language the office speaks."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def english_sentences() -> Iterator[None]:
    with override("en"):
        yield
