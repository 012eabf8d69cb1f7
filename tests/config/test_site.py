"""A live site begins with its divisions and three administrators, who make the other accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from yice.accounts.models import Installation, User
from yice.config import demo
from yice.config.cli import PROBLEM, run
from yice.config.commands import site
from yice.config.demo_folder import STAMP
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.typer, "prompt", lambda *_, **__: "lotus over water 77")


def test_a_new_site_is_live_and_its_administrator_makes_accounts() -> None:
    assert run(["site", "new", "--area", "440704"]) == 0
    assert not Installation.objects.get().demo
    arguments = [
        "site",
        "account",
        "he",
        "--name",
        "何业务",
        "--role",
        "county_federation",
        "--area",
        "440704",
    ]
    assert run(arguments) == 0
    he = User.objects.get(username="he")
    assert he.check_password("lotus over water 77")
    assert [(post.role, post.area_id) for post in he.posts.all()] == [("county_federation", "440704000000")]


def test_a_second_administrator_cannot_be_slipped_in_from_the_command_line() -> None:
    assert run(["site", "new", "--area", "440704"]) == 0
    assert run(["site", "new", "--area", "440704", "--admin", "second"]) == PROBLEM
    assert User.objects.count() == 3


def test_a_live_site_is_never_filled_as_a_demo() -> None:
    assert run(["site", "new", "--area", "440704"]) == 0
    with pytest.raises(Problem, match="正式库"):
        demo.fill(area="440704", people=60, tell=lambda _: None)
    assert User.objects.count() == 3
    assert not (Path(settings.VAR) / STAMP).exists()


def test_a_weak_password_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site.typer, "prompt", lambda *_, **__: "123456")
    assert run(["site", "new", "--area", "440704"]) == PROBLEM
    assert capsys.readouterr().err
    assert User.objects.count() == 0
