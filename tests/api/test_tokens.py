"""A token: never more than its maker, shown once, kept as a keyed digest, ended by time, by hand and with the account."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from tests.api.calling import System, system, token_for
from tests.cast import PASSWORD, VILLAGE, Cast
from tests.web.village import desk, text

from yice.accounts import replies, tokens
from yice.accounts.closing import change_password, close_account, reopen_account
from yice.accounts.enums import Action, Role
from yice.accounts.inviting import invite
from yice.accounts.models import Post, Reply, Token
from yice.areas.models import Area
from yice.audit.models import Event
from yice.config import cli
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db


def test_a_token_leaves_of_the_posts_what_it_was_made_for(cast: Cast) -> None:
    narrow = system(cast.he, "need.read")
    assert narrow.get("/needs").status_code == 200
    assert narrow.get("/findings").status_code == 403
    may = {one["action"]: one for one in narrow.get("/me").json()["actions"]}
    assert may["need.read"]["allowed"] and not may["finding.read"]["allowed"]
    assert may["need.read"]["areas"] == ["440704000000"]
    # A post that ends takes with it what the token could do.
    Post.objects.filter(user=cast.he).update(until=dt.date(2020, 6, 29))
    assert narrow.get("/needs").status_code == 403


@pytest.mark.parametrize(
    ("actions", "days", "name", "code"),
    [
        (["payment.everything"], 90, "系统", "token-actions"),
        ([], 90, "系统", "token-actions"),
        ([Action.PERSON_UNMASK.value], 90, "系统", "token-actions"),
        ([Action.IMPORT_LIST.value], 90, "系统", "token-actions"),
        ([Action.NEED_READ.value], 366, "系统", "token-days"),
        ([Action.NEED_READ.value], 90, " ", "token-name"),
    ],
)
def test_nobody_makes_a_token_for_more_than_they_may(
    cast: Cast, actions: list[str], days: int, name: str, code: str
) -> None:
    with pytest.raises(Problems) as refused:
        tokens.make_token(actor=cast.chen, name=name, actions=actions, days=days)
    assert [one.code for one in refused.value.problems] == [code]


def test_what_a_token_shows_is_kept_nowhere_and_its_making_stands_in_the_record(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    made, shown = tokens.make_token(actor=cast.he, name="区财政系统", actions=["need.read"])
    kept = Token.objects.values().get(pk=made.pk)
    assert shown not in str(kept) and shown.encode() not in bytes(kept["digest"])
    told = [
        (one.code, one.values.get("system")) for one in Event.objects.filter(code__startswith="account.token")
    ]
    assert told == [("account.token_made", "区财政系统")]
    for _ in range(2):
        assert System(shown).get("/me").json()["token"]["system"] == "区财政系统"
    assert Event.objects.filter(code="account.token_used").count() == 1
    assert System(shown + "x").get("/me").status_code == 401
    assert [(one.check, len(one.came)) for one in caplog.records if one.name == "yice.door"] == [
        ("token", 10)
    ]


def _revoked(cast: Cast, token: Token) -> None:
    tokens.revoke_token(actor=cast.he, token=token.uuid)


def _expired(cast: Cast, token: Token) -> None:
    Token.objects.filter(pk=token.pk).update(until=timezone.now())


def _closed_and_opened_again(cast: Cast, token: Token) -> None:
    close_account(actor=cast.admin, user=cast.he, reason="调离")
    reopen_account(actor=cast.admin, user=cast.he)


def _invited(cast: Cast, token: Token) -> None:
    invite(actor=cast.admin, user=cast.he)


def _another_password(cast: Cast, token: Token) -> None:
    change_password(actor=cast.he, old=PASSWORD, new="four unlike words here")


def _on_the_page(cast: Cast, token: Token) -> None:
    client, address = desk(cast.he), "/account/tokens/"
    assert token.name in text(client.get(address))
    said = {"name": "区财政", "days": "30", "actions": ["need.read"]}
    shown = re.search(r"yice_[\w-]{43}", text(client.post(address, said)))
    assert (
        shown
        and System(shown[0]).get("/needs").status_code == 200
        and shown[0] not in text(client.get(address))
    )
    assert client.post(address, {**said, "days": "999"}).status_code == 422
    assert client.post(address, {**said, "actions": ["person.unmask"]}).status_code == 422
    assert desk(cast.luo).post(address, {"revoke": str(token.uuid)}).status_code == 404
    assert client.post(address, {"revoke": str(token.uuid)}).status_code == 302


@pytest.mark.parametrize(
    "end", [_revoked, _expired, _closed_and_opened_again, _invited, _another_password, _on_the_page]
)
def test_a_token_ends(end: Any, cast: Cast) -> None:
    he = system(cast.he)
    assert he.get("/me").status_code == 200
    token = Token.objects.get()
    end(cast, token)
    assert he.get("/me").status_code == 401
    with pytest.raises(Problem) as refused:
        tokens.revoke_token(actor=cast.luo, token=token.uuid)
    assert refused.value.code == "token-not-found"


def test_a_command_makes_lists_and_revokes(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.run(
            ["token", "make", "区财政系统", "--actions", "need.read,case.read", "--actor", "he", "--lang=zh"]
        )
        == 0
    )
    said = capsys.readouterr()
    assert System(said.out.strip()).get("/needs").status_code == 200 and "以后不再显示" in said.err
    assert cli.run(["token", "list", "--actor", "he"]) == 0
    number, *_rest = capsys.readouterr().out.split()
    assert cli.run(["token", "revoke", number, "--actor", "luo"]) == cli.PROBLEM
    assert cli.run(["token", "revoke", number, "--actor", "he"]) == 0
    assert System(said.out.strip()).get("/needs").status_code == 401


def test_one_has_at_most_twenty(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "AT_MOST", 1)
    token_for(cast.he)
    with pytest.raises(Problem) as refused:
        token_for(cast.he)
    assert refused.value.code == "tokens-many"


def test_answers_are_forgotten_after_a_week(cast: Cast) -> None:
    token_for(cast.he)
    now = timezone.now()
    Reply.objects.create(token=Token.objects.get(), key="old-one-", asked=b"", at=now - dt.timedelta(days=8))
    Reply.objects.create(token=Token.objects.get(), key="new-one-", asked=b"", at=now)
    assert replies.forget() == 1 and Reply.objects.get().key == "new-one-"


def test_an_administrator_of_accounts_has_nothing_to_give_a_system(cast: Cast) -> None:
    assert tokens.offered(cast.an) == tokens.offered(cast.shen) == []
    Post.objects.create(user=cast.nobody, role=Role.PROVIDER, area=Area.objects.get(code=VILLAGE))
    assert tokens.offered(cast.nobody) == [Action.CASE_STEP]
