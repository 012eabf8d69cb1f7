"""axe-core on a page in the browser: WCAG 2.2 A and AA, and the best practices axe knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What colours and sizes may change on a page that stays the same otherwise; the other rules read its elements alone.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# Told in the page: all that axe found is megabytes to carry over, what is wrong a line.
WRONG = """async only => (await axe.run({runOnly: only, resultTypes: ["violations"]})).violations
  .map(one => `${one.id} ×${one.nodes.length}: ${one.nodes[0].html.slice(0, 160)}`)"""
# Each rule with how many elements passed, failed or could not be told.
OUTCOME = """async rules => {
  const found = await axe.run({runOnly: rules});
  return ["passes", "violations", "incomplete"]
    .flatMap(kind => found[kind].map(one => `${kind} ${one.id} ×${one.nodes.length}`)).sort();
}"""


@cache
def script() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def _loaded(page: Page) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{script()}; undefined")


def violations(page: Page, *, looks_only: bool = False) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, how many, where first. Empty is what we want."""
    _loaded(page)
    only = {"type": "rule", "values": LOOKS} if looks_only else {"type": "tag", "values": RULES}
    found: list[str] = page.evaluate(WRONG, only)
    return found


def outcome(page: Page) -> list[str]:
    """Everything axe says of the page, each rule with its counts: to tell whether two pages are judged alike."""
    _loaded(page)
    found: list[str] = page.evaluate(OUTCOME, RULES)
    return found


def wider_than_window(page: Page) -> int:
    """By how many pixels the page scrolls sideways; nought is what we want."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
