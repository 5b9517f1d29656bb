"""Sentences in the language of whoever reads them, where somebody has set languages up.

The readers of files are used without Django too; then every sentence is in English. The app tells
them how to translate when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["gettext", "gettext_noop", "translate_with"]

_translate: list[Callable[[str], str]] = [str]


def gettext(message: str) -> str:
    """The sentence in the reader's language, its placeholders still empty."""
    return _translate[0](message)


def gettext_noop(message: str) -> str:
    """Mark a sentence that is translated later, by `gettext`."""
    return message


def translate_with(translate: Callable[[str], str]) -> None:
    """Use this from now on; called once, when the app is ready."""
    _translate[0] = translate
