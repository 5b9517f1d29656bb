"""Typed addresses in a city of half a million doors: GeoGrid's ways against trigrams in PostgreSQL.

The same mistyped questions to each way; a hit is the right street among the first eight. The peer
asks the trigram GIN index of all addresses for the eight streets most alike, which is what one
writes first. With PostgreSQL's own threshold it is fast and misses every second street; it is asked
with lower ones too, down to where it finds as many, and that is the yardstick.
"""

import random
import time
from collections.abc import Callable
from io import StringIO
from typing import NamedTuple

import psycopg2
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Max

from doors.cluster import OWNER
from layers.geocoding.normalise import normalise
from layers.geocoding.search import find_addresses, street_names
from layers.geocoding.suggestions import suggest
from layers.places.models import Address
from tests.factories import SourceFactory

STREETS, DOORS = 5_000, 100
ASKED, ASKED_PEER = 400, 40
THRESHOLDS = (0.6, 0.5, 0.4, 0.3, 0.2, 0.1)  # of likeness; 0.6 is what PostgreSQL comes with
SEED = 11
COLUMNS = "text, street, house, unit, search, anchor"
FIRST = "春夏秋冬东西南北中山人民解放建设和平胜利花园湖滨江海学府新华文化光明朝阳永安青云龙泉"
WORDS = (
    "Linden", "Berg", "Garten", "Schul", "Wald", "Feld", "Rosen", "Birken", "Mühlen", "Kirch",
    "Wiesen", "Brunnen", "Markt", "Hafen", "Ahorn", "Tannen", "Amsel", "Lerchen", "Sonnen",
    "Eichen", "Weiden", "Quellen", "Turm", "Schloss", "Kloster", "Fischer", "Weber", "Schmiede",
    "Ziegel", "Neu", "Alt", "Ober", "Unter", "Nord", "Süd", "Heide", "Moor", "Ufer", "See", "Burg",
)  # fmt: skip


class Measured(NamedTuple):
    """Median seconds of a question, and the share answered with the right street."""

    median: float
    hits: float


def main() -> None:
    rng = random.Random(SEED)  # noqa: S311  (a town, no secret)
    streets = _city(rng)
    questions = [(street, _slip(street, rng)) for street in rng.sample(streets, ASKED)]
    among = Address.objects.all()
    print(f"{STREETS * DOORS:,} addresses on {STREETS:,} streets, one slip in each question")
    started = time.perf_counter()
    suggest("a", among)
    street_names(among)
    print(f"  both indexes of names made in {time.perf_counter() - started:.1f} s, once a version")
    ours = _asked("suggest()", questions, lambda typed: [one.text for one in suggest(typed, among)])
    _asked("suggest() with a house number", _numbered(questions),
           lambda typed: [one.text for one in suggest(typed, among)])  # fmt: skip
    _asked("find_addresses() with a house number", _numbered(questions),
           lambda typed: [one.label for one in find_addresses(typed, among)])  # fmt: skip
    for threshold in THRESHOLDS:
        with connection.cursor() as cursor:
            cursor.execute("SET pg_trgm.word_similarity_threshold = %s", [threshold])
        peer = _asked(f"trigram GIN, threshold {threshold}", questions[:ASKED_PEER], _trigrams)
        if peer.hits >= ours.hits:
            break
    print(f"  trigrams that find as much / suggest(), medians: {peer.median / ours.median:,.0f}"
          f"{'' if peer.hits >= ours.hits else ' (and they never find as much)'}")  # fmt: skip


def _numbered(questions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(street, f"{typed} 17") for street, typed in questions]


def _city(rng: random.Random) -> list[str]:
    names: set[str] = set()
    while len(names) < STREETS:
        if len(names) % 2:
            names.add("".join(rng.sample(FIRST, 3)) + rng.choice(("路", "街", "小区")))
        else:
            names.add("".join(rng.sample(WORDS, 2)) + rng.choice(("straße", "weg", "ring")))
    rows = StringIO()
    for street in sorted(names):
        x, y = 113 + rng.random() / 10, 30 + rng.random() / 10
        plain, point = normalise(street), f"SRID=4326;POINT({x:.7f} {y:.7f})"
        for house in range(1, DOORS + 1):
            cells = (f"{street} {house}", street, house, "", f"{plain} {house}", point)
            rows.write("\t".join(map(str, cells)) + "\n")
    _copy(rows)
    return sorted(names)


def _copy(rows: StringIO) -> None:
    """Half a million rows as PostgreSQL takes them fastest."""
    source = SourceFactory().pk
    rows.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE typed (LIKE places_address)")
        cursor.execute("ALTER TABLE typed ALTER id DROP NOT NULL, ALTER source_id DROP NOT NULL")
        cursor.copy_expert(f"COPY typed ({COLUMNS}) FROM STDIN", rows)
        cursor.execute(
            f"INSERT INTO places_address (source_id, {COLUMNS}) SELECT %s, {COLUMNS} FROM typed",
            [source],
        )
    here = connection.settings_dict
    with psycopg2.connect(dbname=here["NAME"], user=OWNER, host=here["HOST"]) as owner:
        owner.cursor().execute("ANALYZE places_address")


def _slip(street: str, rng: random.Random) -> str:
    """One letter left out, or two swapped."""
    at = rng.randrange(len(street) - 1)
    if rng.random() < 0.5:
        return street[:at] + street[at + 1 :]
    return street[:at] + street[at + 1] + street[at] + street[at + 2 :]


def _trigrams(typed: str) -> list[str]:
    wanted = normalise(typed)
    rows = (
        Address.objects.filter(search__trigram_word_similar=wanted)
        .values("street")
        .annotate(alike=Max(TrigramWordSimilarity(wanted, "search")))
        .order_by("-alike")
        .values_list("street", flat=True)[:8]
    )
    return list(rows)


def _asked(
    words: str, questions: list[tuple[str, str]], way: Callable[[str], list[str]]
) -> Measured:
    took, hits = [], 0
    for street, typed in questions:
        started = time.perf_counter()
        found = way(typed)
        took.append(time.perf_counter() - started)
        hits += any(text.startswith(street) for text in found)
    took.sort()
    done = Measured(took[len(took) // 2], hits / len(questions))
    print(
        f"  {words:<40} {done.median * 1e3:>8.2f} ms,"
        f" p95 {took[int(len(took) * 0.95)] * 1e3:>8.2f} ms, hits {done.hits:.0%}"
    )
    return done
