"""A second wall in PostgreSQL: whoever reads stands behind row-level policies (`row_policies`).

A request that reads works as the role `yice_rows`, which is no owner and bypasses nothing. The areas of the reader's
posts stand in the session, told apart by what they may read there. What writes, jobs and commands work as the owner:
they ask the access policy themselves. Decision 11.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import Error, connection
from django.db.backends.signals import connection_created

from yice.accounts import access
from yice.accounts.access import Grant
from yice.accounts.enums import Action, Basis, Line
from yice.accounts.models import Post, User

ROLE = "yice_rows"
# What reads no row about a person; everything else that a post carries opens the persons of its area.
ABOUT_NOBODY = frozenset(
    {
        Action.REPORT_READ, Action.LIST_READ, Action.ASSESSOR_MANAGE, Action.POLICY_READ, Action.POLICY_COMPARE,
        Action.POLICY_IN_FORCE, Action.AUDIT_READ, Action.AUDIT_OVERSEE, Action.ACCOUNT_MANAGE,
        Action.ACCOUNT_ENTITLE, Action.GLASS_BREAK, Action.GLASS_REVIEW,
    }
)  # fmt: skip
# What reads rows that have a line of work; a reader of figures counts them.
OF_A_LINE = frozenset(
    {
        Action.FINDING_READ, Action.FINDING_HANDLE, Action.REVIEW_READ, Action.REVIEW_DECIDE, Action.EXPORT,
        Action.REPORT_READ, Action.REPORT_NAMES,
    }
)  # fmt: skip
KINDS = ("person", *Line.values)
# Posts that somebody stands in for today: cases wait for them there, and nothing else does.
covered: list[Callable[[User], Iterable[Post]]] = []
_behind: ContextVar[dict[str, str] | None] = ContextVar("behind the wall of rows", default=None)


def reach(user: User | None) -> dict[str, str]:
    """What stands in the session of this reader: setting → areas, as PostgreSQL writes a set of ranges."""
    ranges: dict[str, set[tuple[str, str]]] = {}
    known = user if user is not None and user.is_authenticated else None
    for post, action, grant in _held(known) if known else ():
        kinds = [line.value for line in grant.lines] if action in OF_A_LINE else []
        kinds += ["person"] if action not in ABOUT_NOBODY else []
        for kind in kinds:
            for column in _columns(grant.basis):
                ranges.setdefault(f"app.{kind}_{column}", set()).add((post.area.code, post.area.end))
    named = [f"app.{kind}_{column}" for kind in KINDS for column in ("hukou", "residence")]
    areas = {
        name: "{" + ",".join(f"[{low},{high})" for low, high in sorted(ranges.get(name, ()))) + "}"
        for name in named
    }
    return {**areas, "app.user": str(known.pk) if known else ""}


def _held(user: User) -> Iterator[tuple[Post, Action, Grant]]:
    """What the posts of the day carry; of those that somebody stands in for, the steps of cases alone."""
    for post in user.posts_on():
        yield from ((post, action, grant) for action, grant in access.granted(post).items())
    for posts in covered:
        for post in posts(user):
            if grant := access.granted(post).get(Action.CASE_STEP):
                yield post, Action.CASE_STEP, grant


@functools.cache
def standing() -> bool:
    """Whether the wall was built here and this account may go behind it. Asked once a process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(oid, 'MEMBER') AND to_regproc('app_reach') IS NOT NULL FROM pg_roles WHERE rolname = %s",
            [ROLE],
        )
        found = cursor.fetchone()
    return bool(found and found[0])


@contextmanager
def within(user: User | None) -> Iterator[None]:
    """Everything asked of the database here is asked behind the wall, with the areas of the user's posts."""
    if not settings.YICE_ROW_SECURITY or _behind.get() is not None or not standing():
        yield
        return
    token = _behind.set({**reach(user), "role": ROLE})
    try:
        _tell(_behind.get())
        yield
    finally:
        _behind.reset(token)
        _come_out()


@contextmanager
def beyond() -> Iterator[None]:
    """What the policy itself lets through the wall: an emergency, which is recorded and reviewed."""
    if _behind.get() is None:
        yield
        return
    token = _behind.set(None)
    try:
        _tell({"role": "none"})
        yield
    finally:
        _behind.reset(token)
        _tell(_behind.get())


def _come_out() -> None:
    if connection.connection is None:
        return
    try:
        _tell({**dict.fromkeys(reach(None), ""), "role": "none"})
    except Error:
        connection.close()  # the next request has another one


def _tell(settings_: dict[str, str] | None) -> None:
    """Set them for the session, the role last: one question to the database."""
    if settings_:
        calls = ", ".join("set_config(%s, %s, false)" for _ in settings_)
        values = [part for pair in settings_.items() for part in pair]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        # Past Django's cursor: a page's questions are counted without the wall's.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", values)


def _again(**_: object) -> None:
    """A connection that broke within a request and was made anew goes behind the wall, too."""
    _tell(_behind.get())


connection_created.connect(_again)


def _columns(basis: Basis) -> tuple[str, ...]:
    both = {Basis.HUKOU: ("hukou",), Basis.RESIDENCE: ("residence",)}
    return both.get(basis, ("hukou", "residence"))
