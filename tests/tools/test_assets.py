"""What the browser gets is built from locked packages, is what the manifest says, and names nobody else's brand."""

from __future__ import annotations

import json
import re

from tools import assets


def test_the_lock_names_no_registry_and_pins_by_hash() -> None:
    lock = json.loads((assets.ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = [of for name, of in lock.items() if name]
    assert all("resolved" not in of and of["integrity"].startswith("sha512-") for of in fetched)
    asked = lock[""]["dependencies"] | lock[""]["devDependencies"]
    assert all(version[0].isdigit() for version in asked.values())  # exact, no ranges


def test_the_build_is_whole_and_from_these_sources() -> None:
    assert assets.up_to_date(assets.digest(*assets.sources()))


def test_a_changed_file_is_noticed() -> None:
    assert not assets.up_to_date("another source")


def test_the_style_carries_no_foreign_brand_and_fetches_nothing() -> None:
    style = (assets.BUILD / "yice.css").read_text("utf-8")
    assert not re.search("GDS Transport|@font-face|@import|crest", style)
    addresses = re.findall(r"url\(([^)]*)\)", style)
    assert addresses and all(address.strip("\"'").startswith(("data:", "../")) for address in addresses)
