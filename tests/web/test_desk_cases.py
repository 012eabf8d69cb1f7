"""A subsidy from a commissioner's notebook to the decision, page by page; a need that cannot get lost."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import Cast
from tests.web.desk_world import PIXEL

from yice.accounts.models import Post, User
from yice.audit.models import Event
from yice.loop.deliver.models import Case
from yice.loop.identify.models import Need, Person

pytestmark = pytest.mark.django_db
PAPERS = {"paper-identity": "seen", "paper-certificate": "seen", "paper-account": "copy"}
PDF = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"
FORM = {"value-applied_by": "self", "value-account": "6200000000000000", "value-agreed": "true"}


@pytest.fixture
def zhou(cast: Cast) -> Person:
    make.jianghai()
    lists = make.all_lists()
    person = make.person("周大山", grade=1)
    make.on_list(lists["subsistence"], person, income_class="subsistence")
    return person


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(client: Client, address: str, **typed: str) -> dict[str, str]:
    """What a browser would send: the form as served, with what somebody typed."""
    text = client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    return {**hidden, **typed}


def opened(cast: Cast, zhou: Person) -> Case:
    client, address = signed_in(cast.chen), reverse("desk:case-open", args=[zhou.uuid])
    day = {"applied_on_0": "2020", "applied_on_1": "6", "applied_on_2": "30"}
    answer = client.post(address, filled(client, address, service="living_subsidy", channel="window", **day))
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.get()


def step(user: User, case: Case, name: str, **typed: str) -> str:
    client, address = signed_in(user), reverse("desk:case-step", args=[case.uuid, name])
    answer = client.post(address, filled(client, address, **typed))
    assert answer.status_code == 302, re.findall(r'href="#[^"]*">([^<]*)<', answer.content.decode())
    return client.get(answer["Location"]).content.decode()


def test_an_application_goes_from_the_village_to_the_decision(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    step(cast.chen, case, "apply", outcome="submitted", **FORM, **PAPERS)
    assert "周大山" in signed_in(cast.liang).get("/cases/").content.decode()
    checked = {"value-papers_checked": "true", "value-income_checked": "meets"}
    step(cast.liang, case, "first_check", outcome="passed", **checked)
    step(cast.he, case, "federation_check", outcome="agreed")
    text = step(cast.luo, case, "decision", outcome="approved", **{"value-amount": "165"})
    assert "决定告知书" in text
    case.refresh_from_db()
    assert case.amount_fen == 16500
    assert case.notices.latest("id").content["conditions"]  # the rules that were met, in words


def test_what_is_known_not_to_be_somebodys_is_not_offered_unless_they_insist(
    cast: Cast, zhou: Person
) -> None:
    client, address = signed_in(cast.chen), reverse("desk:case-open", args=[zhou.uuid])
    Person.objects.filter(pk=zhou.pk).update(birth_date="1950-01-01")
    text = client.get(address).content.decode()
    assert "living_subsidy" in text  # eligible
    assert "home_teaching" not in text and "没有列出" in text  # a service for children
    assert "home_teaching" in client.get(f"{address}?all=1").content.decode()
    Person.objects.filter(pk=zhou.pk).update(birth_date=None)
    assert "home_teaching" in client.get(address).content.decode()  # it cannot be told


def test_everything_missing_is_said_at_once_and_nothing_typed_is_lost(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    client, address = signed_in(cast.chen), reverse("desk:case-step", args=[case.uuid, "apply"])
    answer = client.post(address, filled(client, address, outcome="submitted", note="下周带户口簿"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "居民身份证" in text and "银行账户" in text and "下周带户口簿" in text
    both = client.post(address, filled(client, address, note="下周带户口簿")).content.decode()
    assert (
        "请选择办理结果" in both and "缺少：居民身份证" in both
    )  # no outcome chosen: the rest is said with it
    assert not Case.objects.get().records.filter(kind="taken").exists()


def test_sent_twice_the_step_is_taken_once(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    client, address = signed_in(cast.chen), reverse("desk:case-step", args=[case.uuid, "apply"])
    sent = filled(client, address, outcome="submitted", **FORM, **PAPERS)
    assert [client.post(address, sent).status_code for _ in "ab"] == [302, 302]
    assert case.records.filter(kind="taken").count() == 1


def test_a_page_that_somebody_else_made_old_says_what_changed(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    client, address = signed_in(cast.chen), reverse("desk:case-step", args=[case.uuid, "apply"])
    sent = filled(client, address, outcome="submitted", **FORM, **PAPERS)
    step(cast.liang, case, "apply", outcome="submitted", **FORM, **PAPERS)
    answer = client.post(address, sent)
    assert answer.status_code in (403, 422)
    assert case.records.filter(kind="taken").count() == 1


def test_a_return_names_everything_that_is_lacking(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    step(cast.chen, case, "apply", outcome="submitted", **FORM, **PAPERS)
    text = step(cast.liang, case, "first_check", **{"return": "1", "note": "户口簿复印件看不清"})
    assert "退回补正" in text and "户口簿复印件看不清" in text


def test_a_refusal_needs_a_reason_and_makes_a_paper_with_it(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    step(cast.chen, case, "apply", outcome="submitted", **FORM, **PAPERS)
    client, address = signed_in(cast.liang), reverse("desk:case-step", args=[case.uuid, "first_check"])
    assert client.post(address, filled(client, address, outcome="not_met")).status_code == 422
    text = step(cast.liang, case, "first_check", outcome="not_met", reasons="income")
    paper = re.search(r'href="(/cases/[^"]*/notice/[^"]*)"', text)
    assert paper is not None
    told = signed_in(cast.liang).get(paper[1]).content.decode()
    assert "家庭经济情况不在补贴范围" in told and "不同意怎么办" in told


def test_another_streets_clerk_does_not_see_the_case(cast: Cast, zhou: Person) -> None:
    case = opened(cast, zhou)
    assert signed_in(cast.pan).get(reverse("desk:case", args=[case.uuid])).status_code == 404
    assert signed_in(cast.zhou).get(reverse("desk:case", args=[case.uuid])).status_code == 404


def asked(cast: Cast, zhou: Person, said: str, kind: str = "device") -> Need:
    client, address = signed_in(cast.chen), reverse("desk:need-new", args=[zhou.uuid])
    answer = client.post(address, filled(client, address, kind=kind, channel="visit", said=said))
    assert answer.status_code == 302
    return Need.objects.get()


def test_a_need_said_twice_is_one_need_with_two_voices(cast: Cast, zhou: Person) -> None:
    asked(cast, zhou, "轮椅坏了")
    need = asked(cast, zhou, "还是没有轮椅")
    text = signed_in(cast.chen).get(reverse("desk:need", args=[need.uuid])).content.decode()
    assert need.times == 2 and "轮椅坏了" in text and "还是没有轮椅" in text


def test_a_need_is_not_closed_without_an_answer(cast: Cast, zhou: Person) -> None:
    need = asked(cast, zhou, "轮椅坏了")
    client, address = signed_in(cast.chen), reverse("desk:need", args=[need.uuid])
    day = {"answered_on_0": "2020", "answered_on_1": "6", "answered_on_2": "30"}
    typed = {"outcome": "met", "answered_by": "face", **day}
    refused = client.post(address, filled(client, address, **typed))
    assert refused.status_code == 422 and "没有答复就不能办结" in refused.content.decode()
    second = filled(client, address, **typed, answer="我也去看过了")
    client.post(address, filled(client, address, **typed, answer="已经换了新轮椅"))
    need.refresh_from_db()
    assert (need.state, need.answer) == ("closed", "已经换了新轮椅")
    late = client.post(address, second).content.decode()
    assert "陈专委：已答复本人并办结" in late and "我也去看过了" in late


def test_the_persons_page_shows_needs_and_cases_together(cast: Cast, zhou: Person) -> None:
    opened(cast, zhou)
    asked(cast, zhou, "轮椅坏了")
    text = signed_in(cast.chen).get(reverse("desk:person-help", args=[zhou.uuid])).content.decode()
    assert "困难残疾人生活补贴" in text and "辅助器具" in text


@pytest.mark.parametrize("name", ["cases", "needs"])
def test_lists_cost_the_same_however_long(
    cast: Cast, zhou: Person, name: str, django_assert_max_num_queries: object, tmp_path: Path
) -> None:
    opened(cast, zhou)
    asked(cast, zhou, "轮椅坏了")
    client = signed_in(cast.chen)
    client.get(reverse(f"desk:{name}"))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(reverse(f"desk:{name}"))


def test_home_says_what_was_asked_for_and_waits(cast: Cast, zhou: Person) -> None:
    opened(cast, zhou)
    asked(cast, zhou, "轮椅坏了")
    text = signed_in(cast.chen).get("/").content.decode()
    assert "要答复的需求" in text and "等我办的步骤" in text


def test_papers_are_uploaded_once_judged_by_content_and_kept_whatever_else_is_wrong(
    cast: Cast, zhou: Person
) -> None:
    case = opened(cast, zhou)
    client, address = signed_in(cast.chen), reverse("desk:case-step", args=[case.uuid, "apply"])
    word, macros = packed("word/document.xml"), packed("word/document.xml", "word/vbaProject.bin")

    def sent(answer: int, **files: bytes | list[bytes]) -> str:
        uploads = {
            f"file-{name}": [
                SimpleUploadedFile("周大山.pdf", one) for one in (of if isinstance(of, list) else [of])
            ]
            for name, of in files.items()
        }
        typed = {"outcome": "submitted", "note": "下周带户口簿"}
        response = client.post(address, {**filled(client, address, **typed), **uploads})
        assert response.status_code == answer
        return response.content.decode()

    for wrong, said in (
        (b"MZ\x90\x00", "只收 PDF"), (b"%PDF-1.4 half", "不完整"), (b"%PDF-1.4 /Encrypt %%EOF", "设了密码"),
        (macros, "带有宏"), (packed("a.txt"), "只收 PDF"), (b"\xd0\xcf\x11\xe0", "不收旧格式"), (b"", "空的"),
        (b"%PDF-" + b"x" * 10 * 1024 * 1024 + b"%%EOF", "最多 10 MB"),
    ):  # fmt: skip
        text = sent(422, certificate=wrong)
        assert said in text and "下周带户口簿" in text
    text = sent(422, identity=[PDF, PIXEL], account=word)  # the account's number is missing: the files stay
    sent(422, identity=PDF)
    assert [(one.paper, one.form) for one in case.files.order_by("id")] == [
        ("identity", "pdf"), ("identity", "png"), ("account", "docx"),
    ]  # fmt: skip
    assert "缺少：居民身份证" not in text and "缺少：残疾人证" in text
    step(cast.chen, case, "apply", outcome="submitted", **FORM, **{"paper-certificate": "seen"})
    assert case.records.get(kind="taken").evidence == {
        "identity": "file", "account": "file", "certificate": "seen",
    }  # fmt: skip
    first, scan, _ = case.files.order_by("id")
    for user, status in ((cast.liang, 200), (cast.pan, 404), (cast.sheng, 403)):
        answer = signed_in(user).get(reverse("desk:case-file", args=[case.uuid, first.uuid]))
        assert answer.status_code == status
    handed = signed_in(cast.liang).get(reverse("desk:case-file", args=[case.uuid, first.uuid]))
    assert handed.content == PDF and "attachment" in handed["Content-Disposition"]
    assert "sandbox" in handed["Content-Security-Policy"] and "周大山" not in handed["Content-Disposition"]
    assert (
        signed_in(cast.liang).get(reverse("desk:case-file", args=[case.uuid, scan.uuid])).status_code == 200
    )
    read = Event.objects.filter(code="case.file_read", subject_id=case.person.uuid)
    assert {one.actor for one in read} == {cast.liang} and read.count() == 3
    assert "DOCX" in signed_in(cast.liang).get(reverse("desk:case", args=[case.uuid])).content.decode()
    refused = signed_in(cast.liang).post(
        reverse("desk:case-step", args=[case.uuid, "first_check"]),
        {
            **filled(signed_in(cast.liang), reverse("desk:case-step", args=[case.uuid, "first_check"])),
            "upload": "1",
        },
    )
    assert refused.status_code == 422 and "请先选择要上传的文件" in refused.content.decode()


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def test_a_need_leads_to_its_application_to_a_colleague_and_to_what_the_person_says(
    cast: Cast, zhou: Person
) -> None:
    need = asked(cast, zhou, "生活困难", kind="living")
    client, address = signed_in(cast.chen), reverse("desk:need", args=[need.uuid])
    to = f"{reverse('desk:case-open', args=[zhou.uuid])}?need={need.uuid.hex}"
    assert f'href="{to}"' in client.get(address).content.decode()
    offered = re.findall(r'name="service" value="(\w+)"', client.get(to).content.decode())
    assert offered and "nursing_subsidy" not in offered
    case = opened(cast, zhou)
    assert case.need == need and case.number in client.get(address).content.decode()

    nobody = client.post(address, filled(client, address, owner=""))
    assert nobody.status_code == 422 and "换谁承办" in nobody.content.decode()
    client.post(address, filled(client, address, owner=str(cast.liang.pk)))
    home = signed_in(cast.liang).get("/").content.decode()
    assert "要答复的需求" in home and "没有人承办" not in home
    Post.objects.filter(user=cast.liang).delete()
    home = signed_in(cast.he).get("/").content.decode()
    assert "没有人承办的需求" in home
    day = {"answered_on_0": "2020", "answered_on_1": "6", "answered_on_2": "30"}
    told = filled(client, address, outcome="service_opened", answer="补贴已受理", answered_by="phone", **day)
    assert client.post(address, told).status_code == 302
    assert client.post(address, filled(client, address, satisfied="4")).status_code == 302
    assert "本人评 4 分" in client.get(address).content.decode()
