"""A case walked in Chromium: the roads of `tests/loop/deliver/roads.py`, every step clicked by whoever takes it.

What the walk without a browser hands to a service is typed here instead: opened, filled in, assessed, handed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page
from tests.loop.deliver.roads import Road
from tests.loop.deliver.test_services_roads import OnRoad, RoadTown
from tests.loop.deliver.walking import Subject

from yice.accounts.models import User
from yice.loop.assess.models import Assessor
from yice.loop.deliver.models import Case
from yice.loop.deliver.services import DeliveryLine, PaymentLine
from yice.rules.services import Step

FILL = """values => { for (const [name, value] of Object.entries(values))
  for (const one of document.querySelectorAll(`main [name="${name}"]`)) {
    if (one.type === "radio" || one.type === "checkbox") {
      const on = [value].flat().map(String).includes(one.value);
      if (one.checked !== on && !(one.type === "radio" && !on)) one.click();
    } else { one.value = value; one.dispatchEvent(new Event("change", {bubbles: true})) }
  } }"""


class Desk:
    """One browser that many people sit down at in turn: who they are is a cookie."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self._cookies: dict[int, str] = {}

    def as_(self, user: User) -> Page:
        if user.pk not in self._cookies:
            client = Client()
            client.force_login(user)
            self._cookies[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": self._cookies[user.pk], "url": self.site}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return self.page

    def go(self, user: User, address: str) -> Page:
        page = self.as_(user)
        page.goto(address, wait_until="domcontentloaded")
        return page

    def fill(self, values: dict[str, Any]) -> None:
        self.page.evaluate(FILL, values)

    def send(self, button: str | Locator = "保存") -> None:
        """Press it and arrive."""
        if isinstance(button, str):
            button = self.page.locator("main").get_by_role("button", name=button, exact=True)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            button.click()

    def told(self) -> list[str]:
        """What the summary of errors says."""
        return self.page.locator(".govuk-error-summary li").all_inner_texts()

    def done(self) -> None:
        assert not self.told(), self.told()
        assert self.page.locator("main .y-banner--success").count(), self.page.title()


class Clicked(OnRoad):
    """A case on its road, in a browser."""

    desk: Desk

    @classmethod
    def begin(
        cls, desk: Desk, town: RoadTown, name: str, road: Road, subject: Subject | None = None
    ) -> Clicked:
        town.road = road
        service = town.plan.services[name]
        subject = subject or town.subject(service)
        opener = town._taker(service.steps[service.start])
        if any(block.plan for step in service.steps.values() for block in step.blocks):
            town._plan(subject)
        town._agree(service, subject)
        page = desk.go(opener, f"{reverse('desk:case-new')}?service={name}")
        offered = page.locator("main [name=area] option").evaluate_all("all => all.map(one => one.value)")
        near = [one for one in offered if one and subject.area.startswith(one.rstrip("0"))]
        typed: dict[str, Any] = {"area": max(near, default=""), "name": subject.name}
        if subject.person or subject.household:
            person = subject.person or subject.household.persons.get()  # type: ignore[union-attr]
            typed = {"number": person.id_number, "name": person.name}
        desk.fill({**typed, "channel": "window"})
        desk.send(page.locator("main form[method=post] button[type=submit]:visible").last)
        desk.done()
        found = re.search(r"/cases/([0-9a-f-]{36})/", page.url)
        assert found, page.url
        made = cls(Case.objects.get(uuid=found[1]), town=town, service=service)
        made.road, made.desk = road, desk
        return made

    def take(self, actor: User, step: str, outcome: str, **more: Any) -> Case:
        self.type(actor, step, outcome, **more)
        self.desk.done()
        self.case.refresh_from_db()
        return self.case

    def type(self, actor: User, step: str, outcome: str, **more: Any) -> None:
        """The step's form filled in and sent, however it is answered."""
        page = self.desk.go(actor, reverse("desk:case-step", args=[self.case.uuid, step]))
        typed = {"outcome": outcome, "note": more.get("note", ""), "reasons": list(more.get("reasons", ()))}
        typed |= {f"paper-{name}": how for name, how in more.get("evidence", {}).items()}
        typed |= {f"give_{k}": v for one in more.get("deliveries", ()) for k, v in _given(one)}
        typed |= {f"pay_{k}": v for k, v in _paid(more.get("payments", ()))}
        form = self.town.plan.forms.get(self.service.steps[step].form or "")
        for name, value in more.get("values", {}).items():
            typed |= dict(self._typed(f"value-{name}", form.fields[name].type, value))  # type: ignore[union-attr]
        self.desk.fill(typed)
        self.desk.send()
        assert page.locator("h1").count() == 1

    def _typed(self, name: str, kind: str, value: Any) -> Iterator[tuple[str, Any]]:
        """A value as its inputs take it; a field that stands for a fact is read off the page."""
        if self.desk.page.locator(f"main [name='{name}_0']").count():
            yield from ((f"{name}_{n}", part) for n, part in enumerate(str(value).split("-")))
        elif kind == "money":
            yield name, f"{value / 100:.2f}"
        else:
            yield name, str(value).lower() if isinstance(value, bool) else value

    def hand(self, actor: User, step: str, to: User, **more: Any) -> Case:
        self.desk.go(actor, f"{reverse('desk:hand-over')}?case={self.case.uuid}")
        mark = f"{self.open_step(step).pk}.{self.version()}"
        self.desk.fill({"to": str(to.pk), "steps": [mark]})
        self.desk.send("转交")
        self.desk.done()
        self.case.refresh_from_db()
        return self.case

    def back(self, actor: User, step: str, **more: Any) -> Case:
        self.desk.go(actor, reverse("desk:case-step", args=[self.case.uuid, step]))
        self.desk.fill({"note": "；".join(more["items"])})
        self.desk.send("退回补正")
        self.desk.done()
        self.case.refresh_from_db()
        return self.case

    def version(self) -> int:
        self.case.refresh_from_db()
        return self.case.version

    def _assess(self, step: Step, actor: User) -> None:
        scale = self.town.plan.scales[step.assesses or ""]
        own = Assessor.objects.filter(user=actor).first() or Assessor.objects.get(user=None)
        page = self.desk.go(actor, reverse("desk:case-step", args=[self.case.uuid, step.id]))
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator(f"main a[href*='/assess/{step.id}/']").click()
        answers = {one.id: str(one.scores[-1]) for one in scale.items}
        self.desk.fill({**answers, "score": scale.high or "", "assessor": str(own.pk), "findings": "需要"})
        self.desk.send(page.locator("main form[method=post] button[type=submit]:visible").last)
        self.desk.done()

    def refused(self, actor: User, step: str, outcome: str, **more: Any) -> str:
        """What the page says instead of taking the step; whatever was typed is still there."""
        before = self.version()
        self.type(actor, step, outcome, **more)
        assert self.version() == before
        assert self.desk.page.locator(f"main [name=outcome][value={outcome}]").is_checked()
        return " ".join(self.desk.told())

    def read(self, actor: User, part: str = "") -> str:
        """What somebody reads on the case's page or one below it."""
        page = self.desk.go(actor, f"{reverse('desk:case', args=[self.case.uuid])}{part}")
        return page.locator("main").inner_text()


def _given(one: DeliveryLine) -> Iterator[tuple[str, Any]]:
    yield from {
        "what": one.what, "persons": one.persons, "times": one.person_times, "source": str(one.fund_source),
        "mode": str(one.mode), "provider": one.provider, "fen": f"{(one.fen or 0) / 100:.2f}",
    }.items()  # fmt: skip


def _paid(lines: Any) -> Iterator[tuple[str, Any]]:
    """Lines of one sum: the form asks once, with the months beside it."""
    lines: list[PaymentLine] = list(lines)
    if not lines:
        return
    one = lines[-1]
    yield from {
        "fen": f"{abs(one.fen) / 100:.2f}", "source": str(one.fund_source), "mode": str(one.mode),
        "kind": str(one.kind), "provider": one.provider,
        "months": [str(each.month) for each in lines if each.month],
    }.items()  # fmt: skip
