"""What the tags of OpenStreetMap mean here: one table per question. Pure.

`amenity=fuel` is a hazard point of class goods; `highway=service` is a street of rank 4. Adding a
kind is adding a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]

STREET_RANKS = {
    "motorway": 1, "motorway_link": 1, "trunk": 1, "trunk_link": 1, "primary": 1,
    "primary_link": 1,
    "secondary": 2, "secondary_link": 2, "tertiary": 2, "tertiary_link": 2,
    "residential": 3, "unclassified": 3, "living_street": 3, "road": 3,
    "service": 4,
    "pedestrian": 5,
    "footway": 6, "path": 6, "cycleway": 6, "steps": 6, "track": 6, "bridleway": 6,
}  # fmt: skip

# What grids are cut along: streets up to this rank and pedestrian streets; rivers and canals.
LIMITING_STREET_RANK = 3
PEDESTRIAN = "pedestrian"
LIMITING_WATERS = ("river", "canal")

LAND_USES = {
    "forest": "forest", "wood": "forest", "scrub": "forest",
    "grass": "grass", "meadow": "grass", "park": "grass", "garden": "grass", "pitch": "grass",
    "recreation_ground": "grass", "allotments": "grass", "cemetery": "grass",
    "village_green": "grass", "golf_course": "grass", "nature_reserve": "grass",
    "wetland": "grass", "grassland": "grass", "orchard": "grass", "pasture": "grass",
    "farmland": "farm", "farm": "farm", "farmyard": "farm", "vineyard": "farm",
    "industrial": "industry", "railway": "industry", "quarry": "industry",
    "landfill": "industry", "garages": "industry",
    "residential": "residential",
    "commercial": "commerce", "retail": "commerce", "plaza": "commerce",
}  # fmt: skip

FOOD = frozenset(
    {"restaurant", "fast_food", "cafe", "pub", "bar", "biergarten", "ice_cream", "food_court",
     "marketplace", "nightclub"}
)  # fmt: skip
TRADE = FOOD | {"bank", "car_wash", "car_rental", "cinema"}
SCHOOLS = frozenset(
    {"school", "kindergarten", "college", "university", "music_school", "driving_school"}
)
HEALTH = frozenset(
    {"hospital", "clinic", "doctors", "dentist", "pharmacy", "veterinary", "nursing_home"}
)
PUBLIC_AMENITIES = frozenset(
    {"fire_station", "police", "townhall", "courthouse", "post_office", "public_building",
     "community_centre", "social_facility", "library", "theatre", "arts_centre", "concert_hall",
     "toilets", "recycling", "bus_station", "animal_shelter"}
)  # fmt: skip
PUBLIC_LEISURE = frozenset({"playground", "sports_centre", "stadium", "water_park"})
PUBLIC_EMERGENCY = frozenset({"fire_hydrant", "defibrillator", "siren"})
POWER = frozenset({"substation", "sub_station", "transformer"})


@dataclass(frozen=True, slots=True)
class HazardKind:
    """`hazard_class` is a code of `places.HazardClass`, `level` 1 (major) to 4 (low)."""

    hazard_class: str
    level: int
    kind: str


def limits_grids(rank: int) -> bool:
    """Whether streets of a rank cut everywhere; others only where homes are many."""
    return rank <= LIMITING_STREET_RANK or rank == STREET_RANKS[PEDESTRIAN]


def street_rank(tags: Tags) -> int | None:
    """1 primary, 2 secondary and tertiary, 3 residential, 4 service, 5 pedestrian, 6 path."""
    return STREET_RANKS.get(tags.get("highway", ""))


def land_use_kind(tags: Tags) -> str:
    """One of the kinds the map draws; `other` where the ground cover is none of them."""
    for key in ("landuse", "leisure", "natural"):
        if tags.get(key) in LAND_USES:
            return LAND_USES[tags[key]]
    return "other"


def shop_kind(tags: Tags) -> str:
    """Kind of shop, eating place or business; empty where it is none."""
    if tags.get("shop", "no") not in ("no", "vacant"):
        return tags["shop"]
    if tags.get("amenity") in TRADE:
        return tags["amenity"]
    if tags.get("tourism") in ("hotel", "hostel", "guest_house", "motel"):
        return tags["tourism"]
    return tags.get("office", "") or tags.get("craft", "")


def school_kind(tags: Tags) -> str:
    return tags["amenity"] if tags.get("amenity") in SCHOOLS else ""


def hospital_kind(tags: Tags) -> str:
    if tags.get("amenity") in HEALTH:
        return tags["amenity"]
    return tags.get("healthcare", "")


def facility_kind(tags: Tags) -> str:
    """Kind of public facility: fire hydrants, libraries, playgrounds ...; empty if none."""
    if tags.get("emergency") in PUBLIC_EMERGENCY:
        return tags["emergency"]
    if tags.get("amenity") in PUBLIC_AMENITIES:
        return tags["amenity"]
    if tags.get("leisure") in PUBLIC_LEISURE:
        return tags["leisure"]
    return tags["tourism"] if tags.get("tourism") == "museum" else ""


def hazard_kind(tags: Tags) -> HazardKind | None:
    """What a place may endanger, as an office would register it; None for most places."""
    amenity, shop, works = tags.get("amenity"), tags.get("shop"), tags.get("man_made")
    if amenity == "fuel":
        return HazardKind("goods", 1, "fuel")
    if amenity == "charging_station":
        return HazardKind("fire", 2, "charging_station")
    if works in ("gasometer", "storage_tank"):
        return HazardKind("goods", 2, works)
    if tags.get("power") in POWER:
        return HazardKind("structures", 3, "substation")
    if works in ("chimney", "water_tower"):
        return HazardKind("structures", 4, works)
    if tags.get("historic") == "ruins":
        return HazardKind("structures", 3, "ruins")
    if amenity in FOOD and amenity != "marketplace":
        return HazardKind("fire", 3, "kitchen")
    if amenity == "marketplace" or shop in ("mall", "department_store"):
        return HazardKind("food" if amenity else "gatherings", 2, amenity or shop or "")
    if shop in ("supermarket", "butcher", "bakery", "seafood", "greengrocer"):
        return HazardKind("food", 3, shop)
    if amenity in ("school", "kindergarten", "nursing_home", "hospital", "cinema", "theatre"):
        return HazardKind("gatherings", 2, amenity)
    if tags.get("tourism") in ("hotel", "hostel"):
        return HazardKind("fire", 2, tags["tourism"])
    if tags.get("leisure") in ("marina", "swimming_area", "slipway"):
        return HazardKind("surroundings", 3, tags["leisure"])
    return None
