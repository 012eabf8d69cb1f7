"""Every form of every page, sent twice as it was drawn: the second time nothing more is written.

A page's forms are drawn, filled in and sent as whoever may; then sent again. Looks and exports stand in the record each
time, and nothing else does. A page that is added is walked without being named; a form that nobody here could send
must be named below with where else it is sent twice.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from tests.cast import Cast
from tests.web.desk_world import at_work
from tests.web.filling import Form, forms_on, sent
from tests.web.joined import join
from tests.web.roles import READERS, holds
from tests.web.walk import Address, addresses

from yice.accounts.models import Post, User
from yice.audit.keeping import ACCESS_LOG
from yice.audit.models import Event

Sign = tuple[str, int, str]

pytestmark = pytest.mark.django_db

WHO = ("chen", "he", "admin", "an", "federation_above.here")
EACH_TIME = {
    *ACCESS_LOG, "record.copied", "notice.printed", "paper.made", "register.made", "doubts.handed_out", "glass.nobody",
    "account.signed_out_elsewhere",
}  # fmt: skip
# A code is shown once, so it cannot be shown again: a second one makes the first void.
ANOTHER = {"invite"}
SAID: dict[str, dict[str, Any]] = {
    "account-new": {"username": "sent.twice"},
    "person-guardian": {"ground": "limited"},
}
# Pages with a form that is not filled in here: it wants a file, a password, a code, or more than a word.
ELSEWHERE: dict[str, str] = {
    "account": "the door's key",
    "case-step": "a file that is there is not kept again: tests/web/test_desk_cases.py",
    "case-together": "tests/loop/deliver/test_at_once.py",
    "confirm": "a password that is wrong writes nothing but that it was",
    "correct": "the door's key",
    "emergency": "the door's key",
    "import": "a batch is decided once: tests/exchange/test_import_again.py",
    "import-new": "the door's key",
    "list-answers": "a row is answered once: tests/exchange/test_agreements.py",
    "network": "the door's key",
    "network-of": "the door's key",
    "password": "the old one is right once: tests/accounts/test_close_account.py",
    "person-erase": "a proposal waits once: tests/loop/test_rights.py",
    "plan": "tests/loop/plan/test_plans.py",
    "plan-new": "tests/loop/plan/test_plans.py",
    "round-check": "tests/web/test_desk_rounds.py",
    "round-form": "tests/web/test_desk_rounds.py",
    "round-lock": "a round is locked once: tests/loop/test_rounds.py",
    "round-official": "the door's key",
    "totp": "no code works twice: tests/accounts/test_doors.py",
    "welcome": "an invitation is used once: tests/web/test_desk_office.py",
}


def test_no_form_is_taken_twice(cast: Cast, tmp_path: Path) -> None:
    world = join(at_work(cast, tmp_path))
    taken: set[Sign] = set()
    drawn: set[Sign] = set()
    keyed: set[str] = set()
    wrong = []
    for who in WHO:
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(username=who))
        for address in addresses(world):
            if address.is_file or (address.actions and not holds(READERS[who], *address.actions)):
                continue
            for form in _drawn(client, address):
                drawn.add(form.sign)
                if "once" in form.data:
                    keyed.add(form.page)
                    assert resolve(form.action.partition("?")[0]).func.once, form.sign
                if form.sign not in taken:
                    more, answer = _twice(client, form)
                    taken |= {form.sign} if answer in (200, 302) else set()
                    wrong += [(who, form.sign, more)] if more else []
    assert wrong == []
    left = {page for page, _number, _button in drawn - taken}
    assert left <= set(ELSEWHERE)
    assert {page for page in left if ELSEWHERE[page] == "the door's key"} <= keyed
    assert len(taken) > 80  # else nothing was tried


def test_a_form_changed_and_sent_by_its_old_key_is_refused_and_a_refused_one_may_be_mended(
    cast: Cast,
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.an)
    href = reverse("desk:account", args=[cast.chen.pk])
    form = {
        "once": "0123456789abcdef",
        "give": "1",
        "post-role": "village_commissioner",
        "post-area": "滘头社区居委会",
    }
    posts = Post.objects.count()
    wrong = client.post(href, form | {"post-area": "1"})
    first, again = (client.post(href, form) for _ in range(2))
    other = client.post(href, form | {"post-area": "东南村委会"})
    assert (wrong.status_code, first.status_code, again.status_code) == (422, 302, 302)
    assert first["Location"] == again["Location"]
    assert "那一次的内容不同" in other.content.decode()
    assert (other.status_code, Post.objects.count()) == (422, posts + 1)


def _drawn(client: Client, address: Address) -> list[Form]:
    with transaction.atomic():
        page = client.get(address.href)
        transaction.set_rollback(True)
    if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
        return []
    return list(forms_on(address.name, address.href, page, SAID.get(address.name, {})))


def _twice(client: Client, form: Form) -> tuple[dict[str, int], int]:
    """What the second time wrote, table by table, and how the first was answered."""

    def post(action: str, data: dict[str, Any]) -> Any:
        response = client.post(action, data)
        if response.streaming:
            response.getvalue()
            for file in response._resource_closers:
                file()
        return response

    with transaction.atomic():
        before = _rows()
        response = sent(form, post)
        once = _rows()
        post(form.action, form.data)
        more = {table: n - once.get(table, 0) for table, n in _rows().items() if n != once.get(table, 0)}
        transaction.set_rollback(True)
    wrote = response.status_code == 302 or once != before
    if (form.button and form.button[0] in ANOTHER) or not wrote:
        more = {}
    return more, response.status_code


def _rows() -> dict[str, int]:
    known = [one for one in apps.get_models() if one._meta.app_label not in ("sessions", "contenttypes")]
    return {one._meta.label: one._default_manager.count() for one in known if one is not Event} | {
        f"event {code}": n
        for code, n in Counter(
            Event.objects.exclude(code__in=EACH_TIME).values_list("code", flat=True)
        ).items()
    }
