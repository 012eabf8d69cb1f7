"""The cast itself, and the harness that must catch what it promises to catch."""

from __future__ import annotations

import socket

import pytest
from django.db import connection
from django.template import Context, Template
from tests.cast import COUNTY, FAR_VILLAGE, OTHER_STREET, STREET, Cast

from yice.accounts.access import may
from yice.accounts.enums import Action
from yice.areas.models import Area


def test_he_may_import_in_jianghai_and_pan_in_the_next_county_only(cast: Cast) -> None:
    assert may(cast.he, Action.IMPORT_LIST).allowed
    assert cast.he.posts_on()[0].area.covers(FAR_VILLAGE)
    assert not cast.pan.posts_on()[0].area.covers(FAR_VILLAGE)


def test_rows_without_an_order_do_not_come_in_the_order_they_were_added(cast: Cast) -> None:
    streets = Area.objects.filter(parent=COUNTY)
    assert [street.code for street in streets.order_by("code")] == [STREET, OTHER_STREET]
    if connection.vendor == "sqlite":
        assert [street.code for street in streets] == [OTHER_STREET, STREET]


def test_nothing_outside_this_machine_can_be_reached() -> None:
    with socket.socket() as line, pytest.raises(RuntimeError, match="nothing is fetched"):
        line.connect(("192.0.2.1", 80))


def test_an_unknown_template_variable_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="nobody_set_this"):
        Template("{{ nobody_set_this }}").render(Context({}))
