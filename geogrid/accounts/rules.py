"""Who may do what: one table from role to permission, asked by every action.

Roles over the territory come from `Authority` rows, looked up through a callable that territory
registers, because accounts lies below it. `by=None` is the system itself (commands, jobs).

A role holds over a whole scheme or over a part of it. Who asks says for where: None is the whole
scheme, `ANYWHERE` any part of it, and everything else (see `geogrid.territory.scope.Part`) is
handed through to who registered, and not looked at here.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from geogrid.accounts.errors import NotAllowed
from geogrid.accounts.models import User


class Permission(StrEnum):
    DRAW = "draw"
    APPROVE = "approve"
    PUBLISH = "publish"
    SEE_PLAN = "see_plan"
    DISPATCH = "dispatch"
    SEE_CASES = "see_cases"
    SEE_REPORTER = "see_reporter"
    FOUND = "found"
    REGISTER = "register"


TABLE: dict[str, frozenset[Permission]] = {
    "planner": frozenset(
        {Permission.DRAW, Permission.PUBLISH, Permission.SEE_PLAN, Permission.REGISTER}
    ),
    "approver": frozenset({Permission.APPROVE, Permission.PUBLISH, Permission.SEE_PLAN}),
    "dispatcher": frozenset(
        {
            Permission.DISPATCH,
            Permission.SEE_CASES,
            Permission.SEE_REPORTER,
            Permission.SEE_PLAN,
            Permission.REGISTER,
        }
    ),
    "chief": frozenset({Permission.SEE_CASES, Permission.SEE_PLAN}),
    "supervisor": frozenset({Permission.SEE_CASES, Permission.SEE_PLAN}),
}

# Asked before any scheme is there: Django's own permission of that name, given to a person or a
# group by whoever runs the installation. Ask with `scheme=None`.
OF_THE_INSTALLATION: dict[Permission, str] = {Permission.FOUND: "territory.add_area"}

ANYWHERE: Final = "anywhere"
# Borders can only be judged with what lies on their other side: whoever answers for a part of a
# plan sees all of it. Everything else that is asked for the whole needs a role over the whole.
SEEN_WHOLE = frozenset({Permission.SEE_PLAN})

RolesOf = Callable[[User, Any, Any], set[str]]
_roles_of: list[RolesOf] = []


def register_roles(roles_of: RolesOf) -> None:
    """Register how roles are found: `roles_of(user, scheme, where) -> names`, see `may`."""
    if roles_of not in _roles_of:
        _roles_of.append(roles_of)


def roles_with(permission: Permission) -> frozenset[str]:
    """Names of the roles that the table gives this permission."""
    return frozenset(role for role, given in TABLE.items() if permission in given)


def may(user: User | None, permission: Permission, *, scheme: Any, where: Any = None) -> bool:
    """Whether the table gives `user` this permission in `scheme`, for `where` (None: all of it)."""
    if user is None:
        return True
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    if permission in OF_THE_INSTALLATION:
        return user.has_perm(OF_THE_INSTALLATION[permission])
    if where is None and permission in SEEN_WHOLE:
        where = ANYWHERE
    roles = {role for roles_of in _roles_of for role in roles_of(user, scheme, where)}
    return not roles.isdisjoint(roles_with(permission))


def require(user: User | None, permission: Permission, *, scheme: Any, where: Any = None) -> None:
    """Raise `NotAllowed` unless the table gives `user` this permission in `scheme`."""
    if not may(user, permission, scheme=scheme, where=where):
        raise NotAllowed(permission=str(permission))
