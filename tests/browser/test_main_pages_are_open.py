"""axe on every state of the main job's pages in every mode, on a desk and on a phone: no violation, and nothing wider
than the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.axe import outcome
from tests.browser.conftest import Open
from tests.browser.looks import MODES, WIDTHS, faults, put_on
from tests.web.village import CARE, Village

from yice.loop.identify import services
from yice.loop.identify.models import Facts
from yice.loop.identify.services import Said, make_visit_list, record_visit
from yice.terms import clock

pytestmark = pytest.mark.browser
Steps = Callable[[Page, Village], None]


def at(address: str) -> Steps:
    """An address; names in braces are filled in from the village."""

    def go(page: Page, village: Village) -> None:
        page.goto(
            address.format(
                lin=f"/person/{village.lin.uuid}",
                ouyang=f"/person/{village.ouyang.uuid}",
                zhou=f"/person/{village.zhou.uuid}",
                gap=f"/finding/{village.gap.uuid}/",
                leak=f"/finding/{village.leak(village.zhou).uuid}/",
            )
        )

    return go


def sent(address: str, choose: str = "", fill: dict[str, str] | None = None) -> Steps:
    """The form at an address, filled in so far and sent."""

    def go(page: Page, village: Village) -> None:
        at(address)(page, village)
        if choose:
            page.locator(f"input[name=code][value={choose}]").check(force=True)
        for name, value in (fill or {}).items():
            page.locator(f"[name={name}]").fill(value)
        with page.expect_navigation():
            page.locator("main form:not([data-passkey]) button[type=submit]").last.click()

    return go


def chosen(address: str, choose: str) -> Steps:
    def go(page: Page, village: Village) -> None:
        at(address)(page, village)
        page.locator(f"input[name=code][value={choose}]").check(force=True)
        for summary in page.locator("main summary:visible").all():
            summary.click()

    return go


def of_the_day(part: str = "") -> Steps:
    """The day's visits or a page of them, with everything unfolded."""

    def go(page: Page, village: Village) -> None:
        page.goto(f"/visits/{make_visit_list(actor=village.cast.chen, day=clock.today()).uuid}/{part}")
        for summary in page.locator("main summary:visible").all():
            summary.click()

    return go


def visit_refused(page: Page, village: Village) -> None:
    of_the_day("1/")(page, village)
    page.locator("[name=need_said]").fill("轮椅")
    page.locator("main form button[type=submit]").last.click()
    page.locator("[data-problems] li").first.wait_for()


def visit_of_two(page: Page, village: Village) -> None:
    """What two colleagues wrote differently."""
    row = make_visit_list(actor=village.cast.chen, day=clock.today()).visits.get(position=2)
    for who, note in ((village.cast.chen, "在院子里"), (village.cast.liang, "敲门没有人")):
        said = Said({"result": "met", "note": note})
        record_visit(actor=who, visit=row, said=said, version=0, key=note)
    of_the_day("2/")(page, village)


def typed_wrong(page: Page, village: Village) -> None:
    of_the_day("typed/")(page, village)
    page.locator("[name$=note]").first.fill("在家")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()


def stale(page: Page, village: Village) -> None:
    at("{gap}")(page, village)
    finding = village.gap
    services.handle_gap(
        actor=village.cast.liang,
        finding=finding,
        version=finding.version,
        code="help_to_apply",
        note=str(finding.version),
    )
    page.locator("input[name=code][value=help_to_apply]").check(force=True)
    with page.expect_navigation():
        page.locator("main form button[type=submit]:visible").first.click()


# who, what the state is, how to get there
STATES: list[tuple[str, str, Steps]] = [
    ("", "the door", at("/sign-in/")),
    ("", "a wrong password", sent("/sign-in/", fill={"username": "chen", "password": "wrong"})),
    ("chen", "home", at("/")),
    ("he", "home of the county", at("/")),
    ("luo", "home of civil affairs", at("/")),
    ("sheng", "home of a viewer", at("/")),
    ("chen", "worklist", at("/worklist/")),
    ("he", "worklist filtered", at("/worklist/?kind=leak&grade=4&sort=amount")),
    ("chen", "worklist empty", at("/worklist/?state=closed")),
    ("chen", "search", at("/search/")),
    ("chen", "search without words", sent("/search/")),
    ("chen", "somebody found", sent("/search/", fill={"text": "林"})),
    ("chen", "nobody found", sent("/search/", fill={"text": "无此人"})),
    ("chen", "a person with a gap", at("{lin}/")),
    ("chen", "a person to ask", at("{ouyang}/")),
    ("he", "a person whose matter others decide", at("{zhou}/")),
    ("chen", "why", at("{lin}/why/")),
    ("liang", "facts", at("{lin}/facts/")),
    ("liang", "what happened", at("{lin}/log/")),
    ("chen", "questions", at("{ouyang}/ask/")),
    ("chen", "nothing answered", sent("{ouyang}/ask/")),
    ("chen", "a sum that is none", sent("{ouyang}/ask/", fill={"income_pc_month": "很多"})),
    ("chen", "a gap", at("{gap}")),
    ("chen", "a gap, no step chosen", sent("{gap}")),
    ("chen", "a gap, every fact open", chosen("{gap}", "not_eligible")),
    ("chen", "a gap, no fact corrected", sent("{gap}", "not_eligible")),
    ("chen", "a gap, no reason given", sent("{gap}", "included")),
    ("chen", "a gap, referred to nobody", sent("{gap}", "refer")),
    ("chen", "a gap, out of date", stale),
    ("luo", "a leak", chosen("{leak}", "stopped")),
    ("luo", "a leak, nobody heard", sent("{leak}", "stopped")),
    ("he", "a leak to look at", at("{leak}")),
    ("liang", "unmask", at("{lin}/whole/phone/")),
    ("liang", "unmask without a reason", sent("{lin}/whole/phone/")),
    ("liang", "a number unmasked", sent("{lin}/whole/phone/", fill={"reason": "电话联系办理补贴"})),
    ("liang", "correct", at(f"{{lin}}/correct/{CARE}/")),
    ("liang", "correct, nothing filled in", sent(f"{{lin}}/correct/{CARE}/")),
    ("liang", "ask a register", at("{lin}/correct/parts/")),
    ("chen", "visits", at("/visits/")),
    ("chen", "visits of no size", sent("/visits/", fill={"size": "很多"})),
    ("chen", "a day's visits", of_the_day()),
    ("chen", "a visit in full", of_the_day("1/")),
    ("chen", "a visit refused", visit_refused),
    ("chen", "a visit two wrote differently", visit_of_two),
    ("chen", "a day's visits, a line half filled in", typed_wrong),
    ("zhou", "a person out of reach", at("{lin}/")),
]


# At whose desk: the commissioner's states take as long as all the others.
DESKS: dict[str, Callable[[str], bool]] = {
    "chen": lambda who: who == "chen",
    "others": lambda who: who != "chen",
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("desk", DESKS)
def test_every_state_is_open_to_everybody(
    village: Village, open_page: Open, desk: str, language: str
) -> None:
    Facts.objects.filter(person=village.lin).update(rest={"income_class": "none", CARE: True})
    pages: dict[str, Page] = {}
    found: list[str] = []
    for who, name, steps in STATES:
        if not DESKS[desk](who):
            continue
        if who not in pages:
            user = getattr(village.cast, who) if who else None
            pages[who] = open_page({"viewport": WIDTHS["360"]}, user=user, language=language)
        page = pages[who]
        put_on(page, "standard", "360")
        steps(page, village)
        found += faults(page, name, axe_in_english=True)
    assert found == []


@pytest.mark.parametrize("address", ["/worklist/?kind=gap", "{gap}"])
def test_a_mode_is_put_on_in_place(village: Village, open_page: Open, address: str) -> None:
    """Put on by hand, a mode gives the page that the server sends in this mode: same elements, same judgement."""
    put = open_page({"viewport": WIDTHS["360"]}, user=village.cast.chen)
    at(address)(put, village)
    for width in WIDTHS:
        for mode in MODES:
            put_on(put, mode, width)
            sent = open_page({"viewport": WIDTHS[width]}, user=village.cast.chen, mode=mode)
            at(address)(sent, village)
            assert bare(put) == bare(sent), f"{mode} {width}"
            assert sizes(put) == sizes(sent), f"{mode} {width}"
        assert outcome(put) == outcome(sent), width  # in the last mode, which is the furthest from the first


def bare(page: Page) -> list[str]:
    """Every element with its attributes and words; what differs from one answer to the next is left out, and where the
    switches lead."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("*")].map(one => {
             const said = [...one.attributes].filter(({name}) =>
               !(name === "value" && one.name === "csrfmiddlewaretoken") &&
               !(name === "href" && one.closest("nav.y-switches")));
             const words = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
             return [one.localName, ...said.map(({name, value}) => `${name}=${value}`).sort(),
                     ...words.map(node => node.data.trim())].join(" ");
           })"""
    )
    return found


def sizes(page: Page) -> list[list[float]]:
    """Where every element of the body stands."""
    found: list[list[float]] = page.evaluate(
        """[...document.body.querySelectorAll("*")].map(one => {
             const box = one.getBoundingClientRect();
             return [box.x, box.y, box.width, box.height].map(Math.round);
           })"""
    )
    return found
