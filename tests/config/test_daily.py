"""The daily round says what it did, and does it once."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories as make
from tests.cast import Cast

from yice.config.cli import run
from yice.loop.identify.enums import Channel
from yice.loop.identify.services.needs import record_need
from yice.terms import clock


@pytest.mark.django_db
def test_the_overdue_are_reported_once_a_day(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    make.jianghai()
    record_need(actor=cast.chen, person=make.person("周大山"), kind="device", channel=Channel.WINDOW, key="1")
    with clock.on(dt.date(2020, 8, 3)):
        assert run(["daily"]) == 0
        assert "上报逾期需求 1 项" in capsys.readouterr().out
        assert run(["daily"]) == 0
        assert "上报逾期需求 0 项" in capsys.readouterr().out
