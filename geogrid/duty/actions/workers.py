"""Who works here: registered, changed, pictured, and forgotten again."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation
from django.utils.translation import gettext

from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, require
from geogrid.duty.actions.taking_back import leave_plans
from geogrid.duty.errors import Erased, NameMissing, PhoneImplausible
from geogrid.duty.models import Contact, DutyEvent, Post, Worker
from geogrid.duty.phones import as_written, country_of, plausible
from geogrid.duty.reach import general_scheme, require_over_worker
from geogrid.territory.models import Area, Scheme
from layers.media.models import Attachment

Kind = DutyEvent.Kind
TOLD = ("name", "duties", "hours", "face")


@transaction.atomic
def engage(
    *,
    area: Area,
    name: str,
    by: User | None,
    duty_phone: str = "",
    duties: str = "",
    hours: str = "",
    face: int = 0,
    user: User | None = None,
    at: datetime | None = None,
    key: str = "",
) -> Worker:
    """Register somebody who can hold posts in `area`; nothing of it is public yet.

    Without `at` (a history from elsewhere) no event is written. With the `key` of somebody who was
    registered before (a form sent twice) that one is returned. Raises NameMissing,
    PhoneImplausible.
    """
    scheme = general_scheme(area.pk)
    require(by, Permission.PUBLISH, scheme=scheme, where=ANYWHERE)
    if key:
        Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
        before = Worker.objects.filter(area=area, events__kind=Kind.ENGAGED, events__data__key=key)
        if (there := before.first()) is not None:
            return there
    if not name.strip():
        raise NameMissing
    if duty_phone and not plausible(duty_phone, country_of(area.calendar)):
        raise PhoneImplausible(phone=duty_phone)
    worker = Worker.objects.create(
        area=area, name=name.strip(), duties=duties, hours=hours, face=face, user=user
    )
    if duty_phone:
        Contact.objects.create(
            worker=worker, kind=Contact.Kind.DUTY_PHONE, value=as_written(duty_phone)
        )
    if at is not None:
        fields = [*(["duty_phone"] if duty_phone else []), *(["duties"] if duties else [])]
        _tell(worker, Kind.ENGAGED, by, at, {"fields": fields} | ({"key": key} if key else {}))
    return worker


@transaction.atomic
def change(*, worker: Worker, by: User | None, at: datetime, **fields: Any) -> list[str]:
    """Change `name`, `duties`, `hours`, `face` or `duty_phone` ("" removes it); says what changed.

    What of it is public stays public: the basis is for the fact, not for its value.
    """
    worker = _held(worker, by, at)
    changed = [name for name in TOLD if name in fields and fields[name] != getattr(worker, name)]
    if "name" in changed and not fields["name"].strip():
        raise NameMissing
    for name in changed:
        setattr(worker, name, fields[name])
    if changed:
        worker.save(update_fields=changed)
    if "duty_phone" in fields and _set_phone(worker, as_written(fields["duty_phone"])):
        changed.append("duty_phone")
    if changed:
        _tell(worker, Kind.CHANGED, by, at, {"fields": changed})
    return changed


@transaction.atomic
def set_portrait(*, worker: Worker, picture: Attachment, by: User | None, at: datetime) -> None:
    """Give a worker a picture, redrawn before; shown to residents only with a basis of its own."""
    worker = _held(worker, by, at)
    before = worker.portrait
    if before == picture:
        return
    worker.portrait = picture
    worker.save(update_fields=["portrait"])
    _forget(before)
    _tell(worker, Kind.PORTRAIT, by, at)


@transaction.atomic
def remove_portrait(*, worker: Worker, by: User | None, at: datetime) -> bool:
    """Remove a worker's picture and its file; False where there is none."""
    worker = _held(worker, by, at)
    before = worker.portrait
    if before is None:
        return False
    worker.portrait = None
    worker.save(update_fields=["portrait"])
    _forget(before)
    _tell(worker, Kind.NO_PORTRAIT, by, at)
    return True


@transaction.atomic
def erase(*, worker: Worker, by: User | None, at: datetime) -> int:
    """Forget somebody who left: contacts, portrait, name, duties. Posts stay as a former worker's.

    Running posts end now; those ahead never begin, and whoever would have ended for them goes on.
    Returns how many ended. What was public is withdrawn by
    `geogrid.publishing.disclosing.erase`, which is the one to call.
    """
    # Whoever changes posts holds the scheme: what they give waits for this, or this for them.
    list(Scheme.objects.select_for_update(no_key=True).filter(area=worker.area_id).order_by("pk"))
    worker = _held(worker, by, at)
    instead = leave_plans(worker, by, at)
    Post.objects.filter(worker=worker, during__startswith__gte=at).delete()
    running = list(Post.objects.filter(worker=worker).not_over(at))
    ended = [
        {"post": post.pk, "until": post.during.upper.isoformat() if post.during.upper else None}
        for post in running
    ]
    for post in running:
        post.during = DateTimeTZRange(post.during.lower, at)
        post.save(update_fields=["during"])
    worker.contacts.all().delete()
    before = worker.portrait
    with translation.override(worker.area.language):
        worker.name = gettext("former worker")
    worker.duties = worker.hours = ""
    worker.portrait = worker.user = None
    worker.active, worker.erased_at, worker.face = False, at, 0
    worker.save()
    _forget(before)
    _tell(worker, Kind.ERASED, by, at, {"ended": ended, "begun": [], "instead": instead})
    return len(ended)


def _held(worker: Worker, by: User | None, at: datetime) -> Worker:
    """The worker's row, locked, for somebody who may change it."""
    require_over_worker(by, worker, at)
    row = (
        Worker.objects.select_for_update(of=("self",))
        .select_related("portrait", "area")
        .get(pk=worker.pk)
    )
    if row.erased_at is not None:
        raise Erased
    return row


def _set_phone(worker: Worker, phone: str) -> bool:
    kind = Contact.Kind.DUTY_PHONE
    before = worker.contacts.filter(kind=kind).values_list("value", flat=True).first() or ""
    if phone == before:
        return False
    if not phone:
        worker.contacts.filter(kind=kind).delete()
        return True
    if not plausible(phone, country_of(worker.area.calendar)):
        raise PhoneImplausible(phone=phone)
    Contact.objects.update_or_create(worker=worker, kind=kind, defaults={"value": phone})
    return True


def _forget(picture: Attachment | None) -> None:
    """Remove a picture nobody refers to any more; its file goes after the commit."""
    if picture is None:
        return
    storage, name = picture.file.storage, str(picture.file.name)
    picture.delete()
    transaction.on_commit(partial(storage.delete, name))


def _tell(
    worker: Worker, kind: str, by: User | None, at: datetime, data: dict[str, Any] | None = None
) -> None:
    DutyEvent.objects.create(
        area_id=worker.area_id, kind=kind, worker=worker, by=by, at=at, data=data or {}
    )
