"""Every office that a pack may name is held by posts of some role at its tier."""

from __future__ import annotations

import pytest
from tests.cast import COUNTY, STREET, VILLAGE, Cast

from yice.accounts.enums import Role
from yice.accounts.offices import fits, offices_of, parties, role_of


@pytest.mark.parametrize("one", parties(), ids=str)
def test_every_office_has_a_role(one) -> None:
    assert role_of(one) in Role


@pytest.mark.django_db
def test_a_post_holds_the_offices_of_its_role_and_tier(cast: Cast) -> None:
    assert offices_of(cast.liang.posts.get()) == ["clerk@township"]
    assert offices_of(cast.he.posts.get()) == ["federation@county"]
    assert offices_of(cast.luo.posts.get()) == ["civil_affairs@county"]
    assert offices_of(cast.sheng.posts.get()) == []


@pytest.mark.django_db
def test_a_post_reaches_only_its_own_area(cast: Cast) -> None:
    (clerk,) = (one for one in parties() if str(one) == "clerk@township")
    assert fits(cast.liang.posts.get(), clerk, VILLAGE)
    assert not fits(cast.liang.posts.get(), clerk, "440704004200")
    assert not fits(cast.he.posts.get(), clerk, STREET) and COUNTY
