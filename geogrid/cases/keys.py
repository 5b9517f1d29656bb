"""The key that opens a case for its reporter, without an account.

It is derived from the random number of the form, so a form sent twice gives the same key, and only
digests are stored: whoever reads the database can open nothing with what stands there.
"""

from base64 import b32encode
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

__all__ = ["digest", "form_digest", "opens", "phone_opens", "reporter_key"]

LENGTH = 10


def reporter_key(form: UUID) -> str:
    """Ten letters and digits in two groups, 50 bits."""
    raw = b32encode(sha256(b"geogrid reporter key" + form.bytes).digest()).decode()
    key = raw[:LENGTH]
    return f"{key[:5]}-{key[5:]}"


def form_digest(form: UUID) -> str:
    return sha256(b"geogrid form" + form.bytes).hexdigest()


def digest(key: str) -> str:
    return sha256(b"geogrid case key" + _plain(key).encode()).hexdigest()


def opens(key: str, stored: str) -> bool:
    """Whether `key`, typed with or without the dash and in any case, belongs to the digest."""
    return bool(stored) and compare_digest(digest(key), stored)


def phone_opens(typed: str, phone: str) -> bool:
    """Whether `typed` are the last four digits of `phone`."""
    wanted = "".join(sign for sign in typed if sign.isdecimal())
    digits = "".join(sign for sign in phone if sign.isdecimal())
    return len(wanted) == 4 and len(digits) >= 4 and compare_digest(digits[-4:], wanted)


def _plain(key: str) -> str:
    return "".join(sign for sign in key.upper() if sign.isalnum())
