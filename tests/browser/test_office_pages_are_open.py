"""axe on the pages around the main job in every mode, on a desk and on a phone: help and cases, files that come in,
what if, the county, policy and accounts."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser.conftest import Open
from tests.browser.looks import WIDTHS, faults, put_on
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast
from tests.exchange.test_import_mapping import NAMED, odd
from tests.web.desk_world import World, at_work

from yice.loop.identify import services
from yice.loop.identify.models import Batch
from yice.web.desk.pages.import_columns import key_of

pytestmark = pytest.mark.browser
Steps = Callable[[Page, World], None]


@pytest.fixture
def world(live_cast: Cast, tmp_path: Path) -> World:
    return at_work(live_cast, tmp_path)


@pytest.fixture(autouse=True)
def _an_odd_file(world: World, tmp_path: Path) -> None:
    """A register with a heading that nobody could read."""
    folder = tmp_path / "odd"
    folder.mkdir()
    import_cast.stage(world.cast.he, folder, odd())


def at(name: str, *, query: str = "", **given: str) -> Steps:
    """The page of this name; a value with a dot is read off the world: person="lin.uuid"."""

    def go(page: Page, world: World) -> None:
        page.goto(reverse(f"desk:{name}", kwargs={key: read(world, of) for key, of in given.items()}) + query)

    return go


def read(world: World, of: str) -> object:
    return attrgetter(of)(world) if "." in of else of


def sent(before: Steps, *, fill: dict[str, str] | None = None, check: str = "", button: str = "") -> Steps:
    """The last form of the page, filled in so far and sent."""

    def go(page: Page, world: World) -> None:
        before(page, world)
        for name, value in (fill or {}).items():
            page.locator(f"[name={name}]").fill(value)
        if check:
            page.locator(check).check(force=True)
        with page.expect_navigation():
            named = f"[name={button}]" if button else ""
            page.locator(f"main form button[type=submit]{named}:visible").first.click()

    return go


def columns(query: str = "") -> Steps:
    def go(page: Page, world: World) -> None:
        batch = next(one for one in Batch.objects.all() if NAMED in one.mapping.get("unknown", ()))
        page.goto(reverse("desk:import-columns", args=[batch.uuid]) + query)

    return go


def undone(page: Page, world: World) -> None:
    gap = world.gap
    if not gap.outcomes.exists():
        services.handle_gap(actor=world.cast.chen, finding=gap, version=gap.version, code="help_to_apply")
    page.goto(reverse("desk:undo", args=[gap.uuid]))


def visits_in_full(page: Page, world: World) -> None:
    at("visit-list", uuid="visits.uuid")(page, world)
    with page.expect_navigation():
        page.locator("main button[name=contacts]").click()


def sent_last(before: Steps) -> Steps:
    """The page's last form opened and sent as it is."""

    def go(page: Page, world: World) -> None:
        before(page, world)
        page.locator("main details summary").last.click()
        with page.expect_navigation():
            page.locator("main form button[type=submit]:visible").last.click()

    return go


def opened(before: Steps) -> Steps:
    """The page with everything unfolded, what was folded within what was folded too."""

    def go(page: Page, world: World) -> None:
        before(page, world)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")

    return go


def progress(page: Page, world: World) -> None:
    measure = world.plan.versions.get().measures.get()
    page.goto(reverse("desk:plan-progress", args=[world.plan.uuid, measure.uuid]))


# who, what the state is, how to get there
STATES: list[tuple[str, str, Steps]] = [
    ("chen", "needs", at("needs")),
    ("chen", "a need to take down", at("need-new", person="lin.uuid")),
    ("chen", "a need without words", sent(at("need-new", person="lin.uuid"))),
    ("chen", "a need", at("need", need="need.uuid")),
    ("chen", "a need answered with nothing", sent(at("need", need="need.uuid"))),
    ("chen", "a person's help", at("person-help", person="lin.uuid")),
    ("chen", "an application to take", at("case-open", person="lin.uuid")),
    ("chen", "an application for nothing", sent(at("case-open", person="lin.uuid"))),
    ("chen", "cases", at("cases")),
    ("chen", "a case", at("case", case="case.uuid")),
    ("chen", "a step", at("case-step", case="case.uuid", step="apply")),
    ("chen", "a step with everything missing", sent(at("case-step", case="case.uuid", step="apply"))),
    ("chen", "a step with a file", at("case-step", case="paper.case.uuid", step="apply")),
    ("liang", "services to take", at("case-new")),
    ("liang", "somebody named wrongly", sent(at("case-new", query="?service=nursing_subsidy"))),
    ("chen", "what happened to a case", sent(at("case-turn", case="case.uuid"))),
    ("chen", "to hand over to nobody", sent(at("hand-over"))),
    ("liang", "deputies", sent(at("covers"))),
    ("he", "providers", opened(at("providers"))),
    ("he", "a provider admitted for no time", sent(at("provider", provider="provider.uuid"))),
    ("chen", "a paper to the person", at("notice", case="notice.case.uuid", notice="notice.uuid")),
    ("chen", "plans", at("plans")),
    ("liang", "a plan to write", at("plan-new", person="lin.uuid")),
    ("liang", "a plan without words", sent(at("plan-new", person="lin.uuid"))),
    ("liang", "a plan", at("plan", plan="plan.uuid")),
    ("liang", "a plan closed for nothing", sent_last(at("plan", plan="plan.uuid"))),
    ("chen", "a measure's progress", progress),
    ("liang", "two versions", at("plan-versions", plan="plan.uuid", old="1", new="1")),
    ("chen", "what to assess again", at("assessments")),
    ("chen", "somebody's assessments", at("person-assessments", person="lin.uuid")),
    ("chen", "a scale", at("assess", person="lin.uuid", scale="barthel")),
    ("chen", "a scale without answers", sent(at("assess", person="lin.uuid", scale="barthel"))),
    ("chen", "a result in dispute", at("assessment", assessment="assessed.uuid")),
    ("chen", "a conclusion", at("determine", person="lin.uuid")),
    ("chen", "somebody's rights", opened(at("person-rights", person="objection.person.uuid"))),
    ("chen", "a consent without words", sent(at("person-consent", person="lin.uuid", purpose="photo"))),
    ("liang", "a guardian without a name", sent(at("person-guardian", person="lin.uuid"))),
    ("he", "rights and keeping", at("rights")),
    ("he", "assessors", at("assessors")),
    ("he", "papers of a person", opened(at("papers", of="person", subject="lin.uuid"))),
    ("he", "registers", at("registers")),
    ("chen", "the register of a village", at("ledger")),
    ("chen", "a household's card", at("ledger-card", person="lin.uuid")),
    ("he", "the platform of a county", opened(at("ledger"))),
    ("chen", "a day's visits in full", visits_in_full),
    ("chen", "telephone and address", at("contact", person="lin.uuid")),
    ("chen", "telephone without a reason", sent(at("contact", person="lin.uuid"))),
    ("chen", "telephone shown", sent(at("contact", person="lin.uuid"), check="[name=reason][value=call]")),
    ("chen", "undo", undone),
    ("chen", "undo with half a reason", sent(undone, fill={"reason": "错"})),
    ("chen", "own account", at("password")),
    ("he", "where I am signed in", at("sign-ins")),
    ("he", "tokens", at("tokens")),
    ("he", "a token without anything", sent(at("tokens"), fill={"days": "x"})),
    ("chen", "why I may see", at("person-access", person="lin.uuid")),
    ("chen", "what my posts allow", at("my-access")),
    ("admin", "what somebody's posts allow", at("account-access", account="cast.chen.pk")),
    ("chen", "two passwords", sent(at("password"), fill={"old": "a", "new": "b", "again": "c"})),
    ("he", "cases overdue", at("cases", query="?view=overdue")),
    ("chen", "rounds", at("rounds")),
    ("chen", "a village's progress", at("round", round="reply.round.uuid")),
    ("chen", "who is left", at("round-left", round="reply.round.uuid")),
    ("chen", "a form", opened(at("round-form", reply="reply.uuid"))),
    ("chen", "a village's return", opened(at("round-form", reply="own_return.uuid"))),
    ("chen", "a form with everything missing", sent(at("round-form", reply="reply.uuid"), button="act")),
    ("liang", "forms to check", at("round-check", round="reply.round.uuid")),
    ("liang", "none chosen", sent(at("round-check", round="reply.round.uuid"))),
    ("he", "a round to open", opened(at("rounds"))),
    ("he", "a county's progress", at("round", round="reply.round.uuid")),
    ("he", "a lock too early", sent(at("round-lock", round="reply.round.uuid"))),
    ("he", "the national system", opened(at("round-official", round="reply.round.uuid"))),
    ("he", "files", at("imports")),
    ("he", "a file to send", at("import-new")),
    ("he", "a preview", at("import", batch="batch.uuid")),
    ("he", "columns", columns()),
    ("he", "a column to read otherwise", columns(f"?change={key_of('employed')}")),
    ("he", "no column chosen", sent(columns())),
    ("he", "rows without a person", at("unmatched")),
    ("he", "lists", at("lists")),
    ("he", "a list", at("list", list="inquiry.agreement.uuid")),
    ("he", "an agreement with nothing in it", sent(at("list-new", slot="shared_20"))),
    ("he", "answers without a file", sent(at("list-answers", list="inquiry.agreement.uuid"))),
    ("he", "jobs", at("jobs")),
    ("he", "a job", at("job", job="job.uuid")),
    ("he", "screenings", at("screenings")),
    ("he", "a screening", at("screening", run="run.uuid")),
    ("he", "policy", at("policy")),
    ("he", "a plan", at("pack", digest="run.pack.hash")),
    ("he", "groups", at("policy-groups", digest="run.pack.hash")),
    ("he", "settings", at("policy-settings", digest="run.pack.hash")),
    ("he", "cases", at("policy-cases", digest="run.pack.hash")),
    ("he", "comparisons", at("comparisons")),
    ("he", "what if", at("whatif-ask", digest="run.pack.hash")),
    ("he", "what changes", at("whatif", comparison="comparison.uuid", query="?by=township")),
    ("he", "signed for nothing", sent(at("whatif", comparison="comparison.uuid"))),
    ("he", "whom it changes", at("whatif-people", comparison="comparison.uuid")),
    ("he", "the county", at("county-at", area=COUNTY)),
    ("he", "a figure", at("figure", area=COUNTY, figure="gaps")),
    ("he", "reports", at("reports")),
    ("he", "a report", at("report", report="report.uuid")),
    ("he", "the record", at("audit")),
    ("admin", "accounts", at("accounts")),
    ("admin", "an account", at("account", account="cast.chen.pk")),
    ("admin", "a new account", sent(at("account-new"))),
]
DESKS: dict[str, Callable[[str], bool]] = {
    "chen": lambda who: who == "chen",
    "others": lambda who: who != "chen",
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("desk", DESKS)
def test_every_state_around_the_main_job_is_open_to_everybody(
    world: World, open_page: Open, desk: str, language: str
) -> None:
    pages: dict[str, Page] = {}
    found: list[str] = []
    for who, name, steps in STATES:
        if not DESKS[desk](who):
            continue
        if who not in pages:
            pages[who] = open_page(
                {"viewport": WIDTHS["360"]},
                user=getattr(world.cast, who),
                language=language,
            )
        page = pages[who]
        put_on(page, "standard", "360")
        steps(page, world)
        found += faults(page, name)
    assert found == []
