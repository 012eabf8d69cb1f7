"""A list that went wrong on its way waits before a single fact changes; only a stated reason and a second person let it in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.audit.models import Event
from yice.exchange.imports import reasons, services, working
from yice.exchange.imports.steps import Alone
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch, ListLink
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
NAMES = [family + given for family in "赵钱孙李周吴" for given in ("大山", "小禾", "桂英", "建国")]
NUMBERS = [people.id_number(f"19{60 + n}0102", 2 * n + 1) for n in range(len(NAMES))]


def listed(cast: Cast, folder: Path, names: list[str]) -> Batch:
    rows: list[dict[str, Any]] = [
        {"姓名": name, "身份证号": number, "补贴金额": "150.00"}
        for name, number in zip(names, NUMBERS, strict=True)
    ]
    return people.stage(cast.luo, folder, rows, "nursing_subsidy", month=dt.date(2020, 6, 1), whole=True)


def test_a_column_that_slipped_by_a_row_is_stopped_and_explained(
    cast: Cast, tmp_path: Path, client: Client
) -> None:
    install(demo=True)
    register = [
        people.lin(name=name, id_number=number, certificate_number=f"{number}43", phone="", household_number="", address="")
        for name, number in zip(NAMES, NUMBERS, strict=True)
    ]  # fmt: skip
    people.bring_in(cast.he, tmp_path, register)
    right = listed(cast, tmp_path, NAMES)
    assert right.state == BatchState.STAGED and right.counts["suspicious"] is None

    wrong = listed(cast, tmp_path, [*NAMES[1:], NAMES[0]])
    said = " ".join(str(reasons.pause(entry)) for entry in wrong.pauses)
    assert wrong.state == BatchState.PAUSED and "24 对里" in said and "理由" in said
    for insist in (
        lambda: working.commit_batch(wrong, Alone(), actor=cast.luo, accept_pauses=True),
        lambda: services.commit(actor=cast.luo, batch=wrong, accept_pauses=True, reason="  "),
    ):
        with pytest.raises(Problem) as stopped:
            insist()
        assert stopped.value.code == "import-suspicious" and not ListLink.objects.exists()

    page = f"/imports/{wrong.uuid}/"
    client.force_login(cast.luo)
    assert "为什么仍要入库" in client.get(page).content.decode()
    assert client.post(page, {"commit": "1", "sure": "on", "reason": ""}).status_code == 422
    sent = {"commit": "1", "sure": "on", "reason": "民政局确认，发放表按账户姓名填写"}
    assert client.post(page, sent).status_code == 302
    shown = client.get(page).content.decode()
    assert "另一个能导入名单的人" in shown and 'name="commit"' not in shown
    assert client.post(page, {"commit": "1", "sure": "on"}).status_code == 422  # not twice the same person
    assert not ListLink.objects.exists() and wrong.job is None
    client.force_login(cast.he)
    assert "账户姓名" in client.get(page).content.decode()
    assert client.post(page, {"commit": "1", "sure": "on"}).status_code == 302
    assert Event.objects.get(code="batch.seconded").actor == cast.he
    wrong.refresh_from_db()
    assert (
        working.commit_batch(wrong, Alone(), actor=cast.luo, accept_pauses=True).state == BatchState.COMMITTED
    )
    assert "账户姓名" in Event.objects.get(code="batch.insisted").values["reason"]
