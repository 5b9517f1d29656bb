"""Who answers for a grid, as far as residents may see it. Read live, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from geogrid.duty.models import Contact, Post, PostRole, Worker
from geogrid.publishing.models import Disclosure
from geogrid.territory.models import Grid, Scheme
from layers.media.models import Attachment

__all__ = ["People", "ShownPost", "people_of", "shown_of", "shown_portrait"]

Fact = Disclosure.Fact


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as residents see it; "" or None stands for what may not be shown.

    `level` is the level of the grid the post is for, `vacancy` the reason why nobody holds it.
    `face` numbers the drawn face that stands in for `portrait`, a picture's key; None: a vacancy.
    """

    role: PostRole
    level: int
    grid_name: str
    tier: str
    acting: bool
    vacancy: str = ""
    name: str = ""
    face: int | None = None
    portrait: UUID | None = None
    phone: str = ""
    duties: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """`first` is whom to call; `vacant` the post that nobody holds and `first` acts for."""

    first: ShownPost | None
    vacant: ShownPost | None
    others: list[ShownPost]


def people_of(*, scheme: Scheme, grid: Grid, parents: Sequence[Grid], at: datetime) -> People:
    """Return the people of a leaf grid and of the grids above it, whom to call first at the front.

    The first is who holds the grid's own post; then who acts in it; then the nearest above.
    """
    chain = {above.lineage: above for above in [*parents, grid]}
    posts = list(Post.objects.at(at).over(scheme, chain))
    shown = [_shown(post, chain[post.lineage], facts, phones) for post, facts, phones in
             _with_facts(posts, at)]  # fmt: skip
    held = sorted((post for post in shown if not post.vacancy), key=_call_order)
    own_vacancies = [post for post in shown if post.vacancy and post.level == grid.level]
    first = held[0] if held else None
    covered = first is not None and first.level == grid.level and not first.acting
    return People(
        first=first,
        vacant=None if covered else next(iter(own_vacancies), None),
        others=[post for post in held[1:] if _worth_a_line(post, first)],
    )


def shown_of(
    worker: Worker, *, posts: Sequence[Post], names: Mapping[UUID, str], at: datetime
) -> list[ShownPost]:
    """What residents read of one worker at each of these posts; `names` of grids in force."""
    for post in posts:
        post.worker = worker
    grids = {lineage: Grid(name=name, level=0) for lineage, name in names.items()}
    return [
        _shown(post, grids[post.lineage], facts, phones)
        for post, facts, phones in _with_facts(list(posts), at)
        if post.lineage in grids
    ]


def shown_portrait(picture: UUID, at: datetime) -> Attachment | None:
    """The picture of that key, while it is the portrait of somebody whose portrait is shown."""
    worker = Worker.objects.filter(portrait=picture, active=True).select_related("portrait").first()
    if worker is None or Fact.PORTRAIT not in Disclosure.objects.facts([worker.pk], at)[worker.pk]:
        return None
    return worker.portrait


def _call_order(post: ShownPost) -> tuple[int, bool, bool, int]:
    # The grid's own people before those above; the holder before the stand-in.
    return (-post.level, post.tier != Post.Tier.A, post.acting, -post.role.rank)


def _worth_a_line(post: ShownPost, first: ShownPost | None) -> bool:
    # Who acts for a vacancy is often the chief: nobody is named twice on one card.
    told = (post.name, post.phone)
    return any(told) and (first is None or told != (first.name, first.phone))


def _with_facts(posts: list[Post], at: datetime) -> list[tuple[Post, set[str], dict[int, str]]]:
    workers = {post.worker_id for post in posts if post.worker_id is not None}
    facts = Disclosure.objects.facts(workers, at)
    phones = dict(
        Contact.objects.filter(worker__in=workers, kind=Contact.Kind.DUTY_PHONE).values_list(
            "worker", "value"
        )
    )
    return [(post, facts.get(post.worker_id or 0, set()), phones) for post in posts]


def _shown(post: Post, grid: Grid, facts: set[str], phones: dict[int, str]) -> ShownPost:
    worker = post.worker
    shown = ShownPost(
        role=post.role,
        level=grid.level,
        grid_name=grid.name,
        tier=post.tier,
        acting=post.acting,
    )
    if worker is None or not worker.active:
        return replace(shown, vacancy=post.vacancy_reason or "-")
    return replace(
        shown,
        name=worker.name if Fact.NAME in facts else "",
        face=worker.face,
        portrait=worker.portrait_id if Fact.PORTRAIT in facts else None,
        phone=phones.get(worker.pk, "") if Fact.DUTY_PHONE in facts else "",
        duties=worker.duties if Fact.DUTIES in facts else "",
        hours=worker.hours if Fact.DUTIES in facts else "",
    )
