"""Who may take a step over, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action, Role
from yice.accounts.models import Post, User
from yice.accounts.offices import GUEST_ROLES, fits, party
from yice.identifiers.division import upper_bound
from yice.loop.deliver.models import Case, Cover, OpenStep, StepOffice
from yice.loop.deliver.offices import may_cover
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.selectors.worklist import waiting
from yice.loop.deliver.services.standing import people_of
from yice.loop.identify.services.ties import is_kin
from yice.terms import clock

MOST = 100
_WORK = [
    role.value for role in Role if Action.CASE_STEP in access.POLICY[role] and role not in GUEST_ROLES
]  # posts that steps wait at


def able_to_hold(row: Case, step: str) -> list[User]:
    """Those to whom a waiting step may be handed today: a post for it here, not the holder, not kin. By name."""
    waiting = OpenStep.objects.filter(case=row, step=step).prefetch_related("offices").first()
    if waiting is None:
        return []
    offices = [(party(one.office), one.role, one.area) for one in waiting.offices.all()]
    posts = (
        Post.objects.filter(role__in={role for _, role, _ in offices}, user__is_active=True)
        .filter(area__code__lte=row.area, area__end__gt=row.area)
        .select_related("user", "area")
        .order_by("user__name", "id")
    )
    persons, found = people_of(row), dict[int, User]()
    for post in posts[: MOST * 2]:
        if post.user_id == waiting.holder_id or not post.held_on(clock.today()):
            continue
        if any(fits(post, office, area) for office, _, area in offices):
            found.setdefault(post.user_id, post.user)
    return [user for user in found.values() if not any(is_kin(user, one) for one in persons)][:MOST]


def covers(actor: User) -> list[Cover]:
    """The covers of today and later: those in which the actor is the absent one or the deputy, and those they arrange."""
    rows = Cover.objects.filter(until__gte=clock.today()).select_related(
        "post__user", "post__area", "deputy", "by"
    )
    mine = Q(deputy=actor) | Q(post__user=actor)
    for post, _grant in access.grants(actor, Action.CASE_ASSIGN):
        mine |= Q(post__area__code__gte=post.area.code, post__area__code__lt=post.area.end)
    return list(rows.filter(mine).order_by("since", "id")[:MOST])


def posts_to_cover(actor: User) -> list[Post]:
    """The posts somebody may find a deputy for: their own, and those of colleagues where they assign work."""
    own = Q(user=actor)
    for post, _grant in access.grants(actor, Action.CASE_ASSIGN):
        own |= Q(area__code__gte=post.area.code, area__code__lt=post.area.end)
    rows = Post.objects.filter(own, role__in=_WORK, user__is_active=True).select_related("user", "area")
    held = [
        one for one in rows.order_by("area__code", "user__name", "id")[:MOST] if one.held_on(clock.today())
    ]
    return sorted(held, key=lambda one: one.user_id != actor.pk)


def able_to_cover(post: Post) -> list[User]:
    """Colleagues who could stand in for a post. By name."""
    county = post.area.code[:6].ljust(12, "0")
    near = Q(area__code__lte=post.area.code, area__end__gte=post.area.end)
    near |= Q(role=post.role, area__code__gte=county, area__end__lte=upper_bound(county))
    posts = Post.objects.filter(near, role__in=_WORK, user__is_active=True)
    held = [
        one
        for one in posts.select_related("user", "area").order_by("user__name", "id")
        if one.held_on(clock.today())
    ]
    found = {one.user_id: one.user for one in held if one.user_id != post.user_id and may_cover(one, post)}
    return list(found.values())[:MOST]


def holders(actor: User) -> list[User]:
    """Whose hands somebody who assigns work may empty: those who hold steps in the area. By name."""
    rows = _assigned(actor).exclude(holder=None).values("holder")
    return list(User.objects.filter(pk__in=rows).order_by("name", "id")[:MOST])


def in_hand(actor: User, holder: User | None = None, case: Case | None = None) -> list[OpenStep]:
    """The steps that `actor` may hand over: their own work or, where they assign work, what `holder` has in hand.

    With `case` only those of that case. Those due first, at most 200.
    """
    rows = waiting(actor) if holder is None or holder == actor else _assigned(actor).filter(holder=holder)
    if case is not None:
        rows = OpenStep.objects.filter(pk__in=rows.order_by().values("pk")) | _assigned(actor).filter(
            case=case
        )
        rows = rows.filter(case=case)
    found = rows.select_related("case", "case__person", "case__pack", "holder").defer("case__pack__files")
    return list(found.order_by(F("due_on").asc(nulls_last=True), "id")[: 2 * MOST])


def able_to_take(steps: Sequence[OpenStep]) -> list[User]:
    """Those whose posts hold an office of at least one of the steps, by name; the service judges each step anew."""
    offices = StepOffice.objects.filter(open_step__in=steps).values_list("office", "role", "area").distinct()
    wanted = [(party(office), role, area) for office, role, area in offices.order_by("office", "area")]
    if not wanted:
        return []
    least, most = min(area for _, _, area in wanted), max(area for _, _, area in wanted)
    posts = (
        Post.objects.filter(role__in={role for _, role, _ in wanted}, user__is_active=True)
        .filter(area__code__lte=most, area__end__gt=least)
        .select_related("user", "area")
        .order_by("user__name", "id")
    )
    able = (
        post
        for post in posts[: MOST * 5]
        if post.held_on(clock.today()) and any(fits(post, office, area) for office, _, area in wanted)
    )
    return list({post.user_id: post.user for post in able}.values())[: MOST * 2]


def _assigned(actor: User) -> QuerySet[OpenStep]:
    """Steps of the cases that the actor reads where they assign work."""
    rows = access.scope(actor, Action.CASE_ASSIGN, OpenStep.objects.all())
    return rows.filter(case__in=readable(actor))
