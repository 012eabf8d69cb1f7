"""The commands of `yice`, one module each, found by file name and imported only when asked for.

A module here offers its command in one of two ways:

- `app: typer.Typer`: the file's name is the command's name (`look.py` is `yice look`, `_` becomes `-`); an app
  with one command and no callback is that command itself, otherwise its commands are `yice look <command>`.
- `register(app: typer.Typer) -> None`: adds one or more commands to the top level (`backup.py` adds `backup`
  and `restore`). Name them in `MODULES` below, so that they are found without importing every module.

The first line of the module's docstring is its line in `yice --help` where the command itself has no help text.
Raise `Problem` or `Problems` for anything a person can mend: `yice.config.cli.main` prints them as sentences and
ends with exit code 2. Import Django, DuckDB and the like inside the functions that need them (`setup_django()`),
so that `yice screen`, `pack`, `match` and `look` start fast and run without a site.
"""

from __future__ import annotations

import enum
import os
import sys
import uuid
from typing import TYPE_CHECKING

from yice.terms.errors import Problem
from yice.terms.messages import Message, in_english

if TYPE_CHECKING:
    from yice.accounts.models import User

# Command → module, where the file's name is not the only command it gives.
MODULES = {
    "pack": "packs",
    "import": "imports",
    "backup": "backup",
    "restore": "backup",
}


class Engine(enum.StrEnum):
    """Where a large piece of work runs."""

    local = "local"
    spark = "spark"


def text(source: str, **values: object) -> str:
    """`source` (Chinese) in the reader's language; `main` has settled the language before a module is imported."""
    return str(Message(source, **values))


def setup_django() -> None:
    """Start Django for a command that needs the site's database; from here on Django says everything."""
    from django.utils import translation

    language = "en" if in_english() else "zh-hans"
    start_django()
    translation.activate(language)


def start_django() -> None:
    """The same in the site's own language: for work whose results stay, whoever's terminal it was begun from."""
    import django
    from structlog.contextvars import bind_contextvars

    from yice.config.variables import require_readable

    require_readable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yice.config.settings")
    django.setup()
    bind_contextvars(command=name_of(sys.argv), run=uuid.uuid4().hex[:12])  # in each of its lines in the log


def acting(username: str) -> User:
    """In whose name a command works (`--actor`, YICE_ACTOR)."""
    from yice.accounts.models import User

    if not username:
        raise Problem(
            "actor-missing",
            Message("没有说明以谁的名义。"),
            fix=Message("请加 --actor 登录名，或设 YICE_ACTOR。"),
        )
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Problem("actor-unknown", Message("没有这个账号。"), fix=Message("请核对登录名。"))
    return found


def name_of(words: list[str]) -> str:
    """Which command was called, without anything that was said to it."""
    return next((word for word in words[1:] if not word.startswith("-")), "")
