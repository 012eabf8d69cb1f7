"""axe-core on a page in the browser: WCAG 2.2 A and AA, and the best practices axe knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def script() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, how many, where first. Empty is what we want."""
    page.evaluate(script())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{v['id']} ×{len(v['nodes'])}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def wider_than_window(page: Page) -> int:
    """By how many pixels the page scrolls sideways; nought is what we want."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
