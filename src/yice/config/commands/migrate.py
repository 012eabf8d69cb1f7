"""把数据库的表更新到这一版"""

from __future__ import annotations

import typer

from yice.config.commands import setup_django, text
from yice.terms.messages import Message


def register(app: typer.Typer) -> None:
    app.command(help=text("把数据库的表更新到这一版；第一次运行时建立数据库"))(migrate)


def migrate() -> None:
    from yice.config import serving

    setup_django()
    serving.migrate()
    typer.echo(Message("数据库的表已是这一版的。"))
