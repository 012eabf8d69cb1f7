"""The posts somebody holds today: their own, and those of absent colleagues whom they cover for."""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts.models import Post, User
from yice.loop.deliver.models import Cover
from yice.terms import clock


@dataclass(frozen=True)
class Held:
    """A post somebody holds today: their own, or another's whom they cover for."""

    post: Post
    covering: User | None = None


def held_posts(user: User) -> list[Held]:
    """The posts of the day, those covered for absent colleagues after one's own. Read once a user object."""
    day = clock.today()
    kept: tuple[object, list[Held]] | None = getattr(user, "_held", None)
    if kept is not None and kept[0] == day:
        return kept[1]
    own = [Held(post) for post in user.posts_on()]
    covers = Cover.objects.filter(deputy=user, since__lte=day, until__gte=day)
    others = [
        Held(cover.post, cover.post.user)
        for cover in covers.select_related("post__user", "post__area").order_by("id")
        if cover.post.held_on(day)
    ]
    found = [*own, *others]
    user._held = (day, found)  # type: ignore[attr-defined]
    return found


def covered_posts(user: User) -> list[Post]:
    return [held.post for held in held_posts(user) if held.covering is not None]
