"""The pages of targets and registers in every mode, on desk and phone: open to everybody, none wider than its window."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Open
from tests.browser.looks import WIDTHS, faults, put_on
from tests.cast import COUNTY, VILLAGE
from tests.web.village import Village

pytestmark = pytest.mark.browser
PAGES = (
    ("he", "/targets/"),
    ("he", "/targets/?group=norms"),
    ("he", f"/targets/{COUNTY}/JH-2.2/"),
    ("he", f"/targets/{COUNTY}/JH-2.2/counted/"),
    ("chen", f"/targets/{VILLAGE}/"),
    ("sheng", "/targets/"),
    ("he", "/network/"),
    ("liang", "/network/post/"),
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_targets_and_registers_are_open_to_everybody(
    village: Village, open_page: Open, language: str
) -> None:
    found: list[str] = []
    for who, address in PAGES:
        page = open_page(
            {"viewport": WIDTHS["360"]},
            user=getattr(village.cast, who),
            language=language,
        )
        put_on(page, "standard", "360")
        page.goto(address)
        found += faults(page, address)
    assert found == []
