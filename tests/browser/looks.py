"""Every way a page may look: each display mode on a desk and on a phone, put on in place without loading anew.

A mode is a class of <html> and a mark on its switch, nothing else (`test_a_mode_is_put_on_in_place` proves it), so a
state that took ten steps to reach is looked at in every way for the price of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, ViewportSize
from tests.axe import violations, wider_than_window

from yice.web.ui.display import Display

WIDTHS: dict[str, ViewportSize] = {
    "360": {"width": 360, "height": 740},
    "1280": {"width": 1280, "height": 900},
}
MODES = ("standard", "large", "contrast", "large-contrast")
# In which looks a state is judged, the last as it began: every mode, and both widths. In the standard mode axe tries
# every rule, in the others those that a mode can change, since a mode changes no element. English has the same elements
# and colours in longer words, so the question is whether they fit; axe reads the main job's pages in it, each once.
LOOKS = {
    "zh": ("large-contrast 1280", "standard 1280", "contrast 360", "large 360", "standard 360"),
    "en": ("large 1280", "large 360", "standard 360"),
}
# Two frames on, what watches sizes has seen the new one.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PUT_ON = """([classes, on]) => {
  const root = document.documentElement;
  root.className = ["govuk-template", ...classes].join(" ");
  document.querySelectorAll("nav.y-switches:first-of-type a").forEach((link, at) => {
    if (on[at]) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  });
}"""


def put_on(page: Page, mode: str, width: str) -> None:
    """The page as it would be in this mode on a window this wide."""
    display = Display.parse(mode)
    if page.viewport_size != WIDTHS[width]:
        page.set_viewport_size(WIDTHS[width])
        page.evaluate(DRAWN)
    # The switches stand in this order: standard, large, contrast.
    on = [not (display.large or display.contrast), display.large, display.contrast]
    page.evaluate(PUT_ON, [display.html_class.split(), on])


def faults(page: Page, name: str, *, axe_in_english: bool = False) -> Iterator[str]:
    """What is wrong with the page in any of its looks: what axe finds, and what is wider than the window."""
    english = page.locator("html").get_attribute("lang") == "en"
    for look in LOOKS["en" if english else "zh"]:
        put_on(page, *look.split())
        if not english or (axe_in_english and look == "standard 360"):
            found = violations(page, looks_only=not look.startswith("standard "))
            yield from (f"{name}, {look}: {one}" for one in found)
        if (over := wider_than_window(page)) > 0:
            yield f"{name}, {look}: {over} px wider than the window"
