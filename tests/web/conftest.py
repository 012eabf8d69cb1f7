"""Pages stand on services and selectors, which both databases' rounds try, and the walk asks every page of both: what
one page shows is looked at on one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
WALK = HERE / "test_every_page_is_declared.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and item.path != WALK:
            item.add_marker(pytest.mark.any_database)
