"""Screenings, policy, the record of what was done, accounts and posts, each for whom it is meant."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import COUNTY, STREET, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.models import Invitation, Post, User
from yice.accounts.services import install
from yice.audit import services as audit
from yice.audit.models import Event
from yice.jobs.leases import claim
from yice.jobs.models import Job
from yice.jobs.runner import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_screening_is_asked_for_and_its_result_shows_unknown_apart(world: World) -> None:
    client = signed_in(world.cast.he)
    answer = client.post("/screenings/", {"area": COUNTY})
    job = Job.objects.latest("id")
    assert answer["Location"] == reverse("desk:job", args=[job.uuid])
    while (one := claim("test")) is not None:
        attempt(one)
    result = client.get(answer["Location"], follow=True).content.decode()
    assert "还不能判断（人）" in result and "重度残疾人护理补贴" in result
    assert signed_in(world.cast.pan).post("/screenings/", {"area": COUNTY}).status_code == 422


def test_a_place_without_a_plan_says_so(cast: Cast) -> None:
    assert "还没有安装政策包" in signed_in(cast.pan).get("/screenings/").content.decode()
    assert signed_in(cast.pan).post("/screenings/", {"area": "440703000000"}).status_code == 422


def test_the_plan_is_read_in_words_with_clauses_samples_and_who_chose(world: World) -> None:
    client, digest = signed_in(world.cast.chen), world.run.pack.hash
    assert reverse("desk:pack", args=[digest]) in client.get("/policy/").content.decode()
    groups = client.get(reverse("desk:policy-groups", args=[digest])).content.decode()
    assert "三（一）" in groups and "已成年" in groups
    benefits = client.get(reverse("desk:policy-benefits", args=[digest])).content.decode()
    assert "示例标准" in benefits and "220.00" in benefits
    sources = client.get(reverse("desk:policy-sources", args=[digest])).content.decode()
    assert "江府〔2016〕11号" in sources
    settings = client.get(reverse("desk:policy-settings", args=[digest])).content.decode()
    assert "易策编写组" in settings


def test_the_record_tells_what_was_done_here_and_nothing_from_elsewhere(world: World) -> None:
    audit.record(
        actor=world.cast.pan, code="batch.discarded", area="440703000000", values={"source": "registry"}
    )
    text = signed_in(world.cast.he).get("/record/").content.decode()
    assert "何业务" in text and "筛查了" in text
    assert "潘业务" not in text
    assert signed_in(world.cast.liang).get("/record/").status_code == 403


def test_the_record_is_narrowed_to_a_person_or_an_employee(world: World) -> None:
    audit.record(
        actor=world.cast.chen,
        code="fact.corrected",
        subject=world.lin,
        area=world.lin.hukou,
        values={"label": "就业"},
    )
    client = signed_in(world.cast.he)
    of_lin = client.get("/record/", {"person": str(world.lin.uuid)}).content.decode()
    assert "更正了“就业”" in of_lin and "筛查了" not in of_lin
    by_chen = client.get("/record/", {"by": str(world.cast.chen.pk)}).content.decode()
    assert "更正了“就业”" in by_chen and "筛查了" not in by_chen
    assert client.get("/record/", {"person": str(world.far.uuid)}).status_code == 404
    assert client.get("/record/", {"person": "x", "by": "y", "page": "z"}).status_code == 200


def test_somebody_is_invited_gets_a_post_in_the_managers_area_and_loses_it(cast: Cast) -> None:
    install(demo=True)
    page = signed_in(cast.admin).post("/accounts/new/", {"name": "邓新人", "username": "deng"})
    deng = User.objects.get(username="deng")
    address = reverse("desk:account", args=[deng.pk])
    code = re.search(r"\b[a-z2-7]{4}(-[a-z2-7]{4}){3}\b", page.content.decode())
    assert code and address in page.content.decode() and not deng.has_usable_password()
    said = {"username": "deng", "code": code[0], "password": "six brave little otters"}
    assert Client().post("/welcome/", {**said, "code": "aaaa-aaaa-aaaa-aaaa"}).status_code == 422
    assert Client().post("/welcome/", {**said, "password": "short"}).status_code == 422
    assert "邀请码不能当密码用" in Client().post("/welcome/", {**said, "password": code[0]}).content.decode()
    invitations = Invitation.objects.filter(user=deng)
    until = invitations.get().until
    invitations.update(until=timezone.now())
    assert Client().post("/welcome/", said).status_code == 422  # the days are over
    invitations.update(until=until)
    assert Client().post("/welcome/", said)["Location"] == "/sign-in/"
    assert Client().post("/welcome/", said).status_code == 422  # once
    deng.refresh_from_db()
    assert deng.check_password("six brave little otters")
    client = signed_in(cast.an)
    given = {
        "give": "1", "post-role": "township_clerk", "post-area": "江南街道", "post-since_0": "", "post-since_1": "",
        "post-since_2": "", "post-until_0": "", "post-until_1": "", "post-until_2": "",
    }  # fmt: skip
    assert client.post(address, given).status_code == 302
    post = Post.objects.get(user=deng)
    assert post.area_id == STREET
    assert signed_in(deng).get("/worklist/").status_code == 200
    client.post(address, {"end": str(post.pk)})
    post.refresh_from_db()
    assert post.until == dt.date(2020, 6, 29)
    assert signed_in(User.objects.get(pk=deng.pk)).get("/worklist/").status_code == 403
    assert {"account.created", "account.post_given", "account.post_ended"} <= set(
        Event.objects.values_list("code", flat=True)
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"username": "梁"}, "小写字母"),
        ({"username": "chen"}, "已有人使用"),
        ({"name": ""}, "请填写姓名"),
    ],
)
def test_a_bad_account_is_refused_with_a_sentence(cast: Cast, changes: dict[str, str], says: str) -> None:
    said = {"name": "邓新人", "username": "deng", **changes}
    answer = signed_in(cast.admin).post("/accounts/new/", said)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not User.objects.filter(username="deng").exists()


@pytest.mark.parametrize(
    ("role", "area", "says"),
    [
        ("township_clerk", "没有这个地方", "没有找到这个地方"),
        ("township_clerk", "江海区", "不能安排在"),
        ("", "江南街道", "请选择岗位"),
    ],
)
def test_a_bad_post_is_refused_with_a_sentence(cast: Cast, role: str, area: str, says: str) -> None:
    address = reverse("desk:account", args=[cast.nobody.pk])
    answer = signed_in(cast.an).post(address, {"give": "1", "post-role": role, "post-area": area})
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Post.objects.filter(user=cast.nobody).exists()


def test_a_manager_of_one_county_manages_that_county(cast: Cast) -> None:
    Post.objects.filter(user=cast.an).update(area_id=COUNTY)
    client = signed_in(cast.an)
    assert "潘业务" not in client.get("/accounts/").content.decode()
    assert client.get(reverse("desk:account", args=[cast.pan.pk])).status_code == 404
    given = {"give": "1", "post-role": "county_federation", "post-area": "蓬江区"}
    answer = client.post(reverse("desk:account", args=[cast.nobody.pk]), given)
    assert answer.status_code == 403 or "不在您负责的区域内" in answer.content.decode()
    assert not Post.objects.filter(user=cast.nobody).exists()


def test_queries_of_lists_do_not_grow(world: World, django_assert_max_num_queries: Any) -> None:
    he, admin = signed_in(world.cast.he), signed_in(world.cast.admin)
    for client, address in ((he, "/record/"), (he, "/screenings/"), (he, "/jobs/"), (admin, "/accounts/")):
        client.get(address)
        with django_assert_max_num_queries(14):
            client.get(address)
