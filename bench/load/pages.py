"""Who asks for which page: read from the filled database, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.load.county import COUNTY

THREE = "/worklist/?kind=gap&kind=ask&category=physical&age=16-59"
SERVICE, STEP = "charity_match", "need"  # thousands of them wait, and a township's clerk may take them
SAID = {"outcome": "recorded", "value-said": "要一副助听器", "value-consent": "true"}
USERS = {  # of 32 at work
    "village_commissioner": 10,
    "township_clerk": 8,
    "county_federation": 6,
    "county_civil_affairs": 4,
    "provincial_viewer": 4,
}


@dataclass
class Worker:
    """One user and the pages of their day; `steps`: open steps to take, each once."""

    username: str
    role: str
    pages: list[tuple[str, str]]  # name, path
    steps: list[str] = field(default_factory=list)

    def walk(self, seed: int) -> Iterator[tuple[str, str]]:
        """Page after page without end; a page of a step is opened and then sent."""
        rng = random.Random(seed)
        while True:
            if self.steps and rng.random() < 0.2:
                yield "case step", self.steps.pop()
            else:
                yield rng.choice(self.pages)


def workers(seed: int, *, own: bool = False) -> list[Worker]:
    """Those of USERS, each in a place of their own; `own`: two a role, of the county that every size has."""
    from yice.accounts.enums import Role
    from yice.accounts.models import Post

    rng, found = random.Random(seed), []
    for role, many in USERS.items():
        posts = Post.objects.filter(role=role).select_related("user", "area").order_by("id")
        if own and role != Role.PROVINCIAL_VIEWER:
            posts = posts.filter(area__code__startswith=COUNTY)
        held = list(posts)
        rng.shuffle(held)
        for post in held:
            one = _worker(post, rng)
            if one is not None:
                found.append(one)
            if sum(one.role == role for one in found) == (2 if own else many):
                break
    return found


def _worker(post: Any, rng: random.Random) -> Worker | None:
    from yice.accounts.enums import Role

    area, role = post.area, post.role
    if role == Role.PROVINCIAL_VIEWER:
        return Worker(
            post.user.username, role, [("home", "/"), ("ledger of the province", f"/ledger/{area.code}/")]
        )
    people = list(_within(area, "identify.Person", "hukou").filter(removed_on=None).order_by("id")[:400])
    if len(people) < 10:
        return None
    pages = [("home", "/"), ("worklist, three filters", THREE), ("cases that wait", "/cases/")]
    pages += [("person", f"/person/{one.uuid}/") for one in rng.sample(people, 8)]
    cases = list(_within(area, "deliver.Case", "hukou").filter(restricted=False).order_by("id")[:200])
    pages += [("case", f"/cases/{one.uuid}/") for one in rng.sample(cases, min(4, len(cases)))]
    if role in (Role.COUNTY_FEDERATION, Role.COUNTY_CIVIL_AFFAIRS):
        pages += [
            ("ledger of the county", f"/ledger/{area.code}/"),
            ("figures of the county", f"/county/{area.code}/"),
        ]
    made = Worker(post.user.username, role, pages)
    if role == Role.TOWNSHIP_CLERK:
        made.steps = steps(post.user, area)
    return made


def steps(user: Any, area: Any, most: int = 60) -> list[str]:
    """Addresses of open steps that `user` may take."""
    from yice.loop.deliver.models import OpenStep

    rows = OpenStep.objects.filter(
        case__service=SERVICE, step=STEP, area__gte=area.code, area__lt=area.end, holder=None
    )
    rows = rows.exclude(case__records__by=user).select_related("case").order_by("id")
    return [f"/cases/{one.case.uuid}/{STEP}/" for one in rows[:most]]


def _within(area: Any, model: str, column: str) -> Any:
    from django.apps import apps

    return apps.get_model(model).objects.filter(**{f"{column}__gte": area.code, f"{column}__lt": area.end})
