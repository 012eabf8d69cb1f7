"""Handling a gap on its page: what a step needs is asked for at once, and what was typed stays."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast
from tests.web.village import CARE, Village, desk, errors_of, settle, text

from yice.loop.identify import services
from yice.loop.identify.models import CorrectionRequest, Facts, Outcome


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def send(village: Village, code: str, who: str = "chen", version: int = 0, **more: Any) -> Any:
    data = {"version": version, "code": code, **more}
    return desk(getattr(village.cast, who)).post(f"/finding/{village.gap.uuid}/", data)


@pytest.mark.parametrize(
    ("code", "more", "state"),
    [
        ("help_to_apply", {}, "started"),
        ("included", {"left_out_reason": "did_not_know"}, "provisional"),
        ("declined", {"left_out_reason": "unwilling"}, "closed"),
        ("refer", {"refer_to": "县民政局"}, "started"),
        ("not_eligible", {f"fact-{CARE}": "false"}, "closed"),
    ],
)
def test_a_step_is_taken_and_leads_back_to_the_person(
    village: Village, code: str, more: dict[str, str], state: str
) -> None:
    gap = village.gap
    answer = send(village, code, **more)
    assert (answer.status_code, answer["Location"]) == (302, f"/person/{village.lin.uuid}/")
    gap.refresh_from_db()
    assert gap.state == state


@pytest.mark.parametrize(
    ("code", "target", "said"),
    [
        ("", "id_code_0", "请选择处理结果"),
        ("included", "id_left_out_reason", "请选择此前没有享受的原因"),
        ("declined", "id_left_out_reason", "请选择此前没有享受的原因"),
        ("refer", "id_refer_to", "请写明转介给哪个部门"),
        ("not_eligible", "", "请选出与登记不符的那一项"),
    ],
)
def test_what_is_missing_is_said_above_and_beside(
    village: Village, code: str, target: str, said: str
) -> None:
    answer = send(village, code, note="去过两次")
    page = text(answer)
    assert answer.status_code == 422 and said in errors_of(answer)
    assert page.count(said) >= 2 and f'href="#{target}"' in page if target else said in page
    assert "去过两次" in page and not Outcome.objects.exists()


def test_what_was_typed_for_another_step_is_left_out(village: Village) -> None:
    send(
        village, "included", left_out_reason="did_not_know", refer_to="县民政局", **{f"fact-{CARE}": "false"}
    )
    outcome = Outcome.objects.get()
    assert (outcome.refer_to, outcome.corrected) == ("", {}) and not Facts.objects.get(
        person=village.lin
    ).overrides


def test_a_fact_of_the_register_becomes_a_request(village: Village) -> None:
    send(village, "not_eligible", **{"fact-grade": "4"})
    request = CorrectionRequest.objects.get()
    assert (request.register, request.asked) == ("certificates", 4)


def test_each_fact_says_what_stands_now_and_offers_its_values(village: Village) -> None:
    page = text(desk(village.cast.chen).get(f"/finding/{village.gap.uuid}/"))
    assert "需要长期照护（六个月以上）：现在是“是”" in page
    assert 'name="fact-grade" value="4"' in page and "江南社区居委会" in page
    assert "physical:1" not in page and "fen" not in page


def test_sent_twice_it_is_done_once(village: Village) -> None:
    for _ in range(2):
        assert send(village, "help_to_apply").status_code == 302
    assert Outcome.objects.count() == 1


def test_a_page_out_of_date_says_what_changed_keeps_what_was_typed_and_goes_on(village: Village) -> None:
    services.handle_gap(actor=village.cast.liang, finding=village.gap, version=0, code="help_to_apply")
    late = send(village, "declined", left_out_reason="unwilling", note="本人不愿意")
    assert late.status_code == 422
    assert "梁经办登记了“协助申请”" in errors_of(late) and "本人不愿意" in text(late)
    assert 'name="version" value="1"' in text(late)
    assert send(village, "declined", version=1, left_out_reason="unwilling").status_code == 302


@pytest.mark.parametrize("who", ["luo", "he", "zhou", "pan", "sheng"])
def test_nobody_else_takes_the_step(village: Village, who: str) -> None:
    answer = send(village, "help_to_apply", who=who)
    assert (answer.status_code == 302) == (who == "he")
    assert Outcome.objects.count() == (who == "he")
