"""One declared policy: own area, own line, and a reason either way."""

from __future__ import annotations

import pytest

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action, Basis, Line, Role

pytestmark = pytest.mark.django_db


class Row:
    """A stand-in for anything with a place and a line."""

    ACCESS = AreaFields(hukou="hukou", residence="residence", line="line")

    def __init__(self, hukou: str, residence: str, line: str = Line.ENTITLEMENT) -> None:
        self.hukou, self.residence, self.line = hukou, residence, line


HOME = "440704001001"
AWAY = "440704004002"


def test_the_commissioner_helps_in_her_own_village(cast):
    assert access.may(cast.chen, Action.FINDING_HANDLE, Row(HOME, AWAY)).allowed


def test_she_also_sees_who_lives_there_but_is_registered_elsewhere(cast):
    assert access.may(cast.chen, Action.PERSON_READ, Row(AWAY, HOME)).allowed


def test_a_person_of_neither_place_is_not_hers(cast):
    decision = access.may(cast.chen, Action.PERSON_READ, Row(AWAY, AWAY))
    assert not decision.allowed
    assert "区域" in str(decision.why)


def test_a_payment_line_never_reaches_the_village(cast):
    decision = access.may(cast.chen, Action.FINDING_READ, Row(HOME, HOME, Line.PAYMENT))
    assert not decision.allowed
    assert "岗位" in str(decision.why)


def test_only_civil_affairs_handles_a_payment(cast):
    leak = Row(HOME, HOME, Line.PAYMENT)
    assert access.may(cast.luo, Action.FINDING_HANDLE, leak).allowed
    assert not access.may(cast.he, Action.FINDING_HANDLE, leak).allowed
    assert access.may(cast.he, Action.FINDING_READ, leak).allowed


def test_the_province_reads_figures_and_no_names(cast):
    assert access.may(cast.sheng, Action.REPORT_READ).allowed
    assert not access.may(cast.sheng, Action.PERSON_READ).allowed
    assert not access.may(cast.sheng, Action.REPORT_NAMES).allowed


def test_none_of_the_three_administrators_reads_a_case_and_no_two_share_a_right(cast):
    allowed = [
        {action for action in Action if access.may(who, action).allowed}
        for who in (cast.admin, cast.an, cast.shen)
    ]
    assert allowed == [
        {Action.ACCOUNT_MANAGE, Action.POLICY_READ},
        {Action.ACCOUNT_ENTITLE},
        {Action.AUDIT_OVERSEE},
    ]


def test_require_raises_with_the_reason(cast):
    with pytest.raises(access.Forbidden) as refusal:
        access.require(cast.chen, Action.IMPORT_REGISTRY)
    assert "权限" in str(refusal.value)


def test_every_action_is_granted_to_somebody():
    granted = {action for table in access.POLICY.values() for action in table}
    assert granted == set(Action)


def test_every_role_is_in_the_policy():
    assert set(access.POLICY) == set(Role)


def test_paths_follow_the_basis():
    fields = AreaFields(hukou="person__hukou", residence="person__residence")
    assert fields.paths(Basis.HUKOU) == ["person__hukou"]
    assert fields.paths(Basis.RESIDENCE) == ["person__residence"]
    assert fields.paths(Basis.EITHER) == ["person__hukou", "person__residence"]
    assert AreaFields(hukou="area").paths(Basis.EITHER) == ["area"]
