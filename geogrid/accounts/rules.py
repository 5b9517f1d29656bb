"""Who may do what: one table from role to permission, asked by every action.

Roles over the territory come from `Authority` rows, looked up through a callable that territory
registers, because accounts lies below it. `by=None` is the system itself (commands, jobs).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

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


TABLE: dict[str, frozenset[Permission]] = {
    "planner": frozenset({Permission.DRAW, Permission.PUBLISH, Permission.SEE_PLAN}),
    "approver": frozenset({Permission.APPROVE, Permission.PUBLISH, Permission.SEE_PLAN}),
    "dispatcher": frozenset(
        {Permission.DISPATCH, Permission.SEE_CASES, Permission.SEE_REPORTER, Permission.SEE_PLAN}
    ),
    "chief": frozenset({Permission.SEE_CASES, Permission.SEE_PLAN}),
    "supervisor": frozenset({Permission.SEE_CASES, Permission.SEE_PLAN}),
}

RolesOf = Callable[[User, Any], set[str]]
_roles_of: list[RolesOf] = []


def register_roles(roles_of: RolesOf) -> None:
    """Register how a user's roles over a scheme are found: `roles_of(user, scheme) -> names`."""
    if roles_of not in _roles_of:
        _roles_of.append(roles_of)


def may(user: User | None, permission: Permission, *, scheme: Any) -> bool:
    if user is None:
        return True
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    roles = {role for roles_of in _roles_of for role in roles_of(user, scheme)}
    return any(permission in TABLE.get(role, frozenset()) for role in roles)


def require(user: User | None, permission: Permission, *, scheme: Any) -> None:
    """Raise `NotAllowed` unless the table gives `user` this permission in `scheme`."""
    if not may(user, permission, scheme=scheme):
        raise NotAllowed(permission=str(permission))
