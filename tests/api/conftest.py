from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.web.desk_world import World, at_work

from yice.accounts import pace
from yice.api import door


@pytest.fixture(autouse=True)
def _as_a_new_process() -> Iterator[None]:
    """Nothing counted and nothing told by the tests before."""
    pace.forget()
    door.forget()
    yield


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)
