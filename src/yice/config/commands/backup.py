"""备份：数据库和文件存成一个文件；恢复：放回一个空的站点并核对"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yice.config.commands import setup_django, text
from yice.terms.messages import Message


def register(app: typer.Typer) -> None:
    app.command(help=text("备份：数据库和它指到的文件封存成一个文件，不含密钥"))(backup)
    app.command(help=text("恢复：把备份放回一个空的站点，并逐项核对"))(restore)


def backup(
    out: Annotated[Path, typer.Argument(help=text("备份文件，例如 yice-2020-06-30.sealed"), metavar="OUT")],
    with_keys: Annotated[
        Path | None,
        typer.Option(help=text("另把密钥存到这个文件（权限 0600）；请与备份分开保管"), metavar="FILE"),
    ] = None,
) -> None:
    setup_django()
    from yice.config.backup.make import make

    said = make(out, keys_to=with_keys)
    rows = sum(said.counts.values())
    size = out.stat().st_size / (1 << 20)
    typer.echo(
        Message(
            "✓ 备份已写到 {path}：{rows} 行、{files} 个文件，{size} MB。",
            path=str(out), rows=f"{rows:,}", files=len(said.files), size=f"{size:.1f}",
        )
    )  # fmt: skip
    if with_keys is None:
        typer.echo(Message("  密钥不在其中。没有密钥，这份备份打不开：请另行保管（--with-keys）。"))
    else:
        typer.echo(Message("  密钥已写到 {path}。请与备份分开保管。", path=str(with_keys)))


def restore(
    file: Annotated[Path, typer.Argument(help=text("备份文件"), metavar="FILE")],
    keys: Annotated[Path | None, typer.Option(help=text("备份时另存的密钥文件"), metavar="FILE")] = None,
) -> None:
    setup_django()
    from yice.config.backup.restore import restore as put_back
    from yice.config.sealed import Sample

    done = put_back(file, keys_from=keys, tell=typer.echo)
    rows, said = sum(done.manifest.counts.values()), done.manifest
    typer.echo(
        Message(
            "✓ 已恢复 {day} 的备份：{rows} 行、{files} 个文件，行数和审计记录与备份时相同。",
            day=said.made_at[:16].replace("T", " "), rows=f"{rows:,}", files=len(said.files),
        )
    )  # fmt: skip
    if done.sample is Sample.OPEN:
        typer.echo(Message("✓ 密封的值能打开。"))
