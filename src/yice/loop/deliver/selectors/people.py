"""Who may take a step over, and who stands in for whom."""

from __future__ import annotations

from yice.accounts.models import Post, User
from yice.accounts.offices import fits, party
from yice.loop.deliver.models import Case, Cover, OpenStep
from yice.loop.deliver.services.standing import people_of
from yice.loop.identify.services.ties import is_kin
from yice.terms import clock

MOST = 100


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
    """The covers of today and later in which the actor is the absent one or the deputy."""
    rows = Cover.objects.filter(until__gte=clock.today()).select_related("post__user", "post__area", "deputy")
    mine = rows.filter(deputy=actor) | rows.filter(post__user=actor)
    return list(mine.order_by("since", "id"))


def able_to_cover(post: Post) -> list[User]:
    """Colleagues who could stand in for a post: those with a post in its area or above it. By name."""
    posts = Post.objects.filter(
        area__code__lte=post.area.code, area__end__gte=post.area.end, user__is_active=True
    )
    held = [
        one for one in posts.select_related("user").order_by("user__name", "id") if one.held_on(clock.today())
    ]
    found = {one.user_id: one.user for one in held if one.user_id != post.user_id}
    return list(found.values())[:MOST]
