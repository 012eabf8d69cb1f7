"""后台任务进程：导入、筛查等较长的工作在这里进行"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yice.config.commands import start_django, text


def register(app: typer.Typer) -> None:
    app.command(help=text("取排队的任务来做，直到被要求停止。被杀掉的任务会由下一个进程从头接着做。"))(work)


def work(
    processes: Annotated[int, typer.Option(min=1, max=16, help=text("同时进行几项任务"))] = 1,
    until_empty: Annotated[bool, typer.Option("--until-empty", help=text("做完排队的任务就结束"))] = False,
) -> None:
    if processes > 1:
        from yice.config.processes import supervise

        one = [sys.executable, "-m", "yice.config.cli", "work", *(["--until-empty"] if until_empty else [])]
        supervise([one] * processes, restart=not until_empty)
        return
    start_django()
    from yice.config import serving
    from yice.jobs.runner import Worker

    serving.require_current_tables()
    serving.require_keys()

    Worker().run(until_empty=until_empty)
