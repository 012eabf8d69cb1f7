"""启动网站和后台任务进程"""

from __future__ import annotations

from typing import Annotated

import typer

from yice.config.commands import setup_django, text
from yice.terms.messages import Message


def register(app: typer.Typer) -> None:
    app.command(help=text("启动网站和后台任务进程"))(serve)


def serve(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help=text("端口"))] = 8000,
    host: Annotated[str, typer.Option(help=text("监听的地址；对外服务请放在反向代理后面"))] = "127.0.0.1",
    threads: Annotated[int, typer.Option(min=1, max=64, help=text("同时处理几个页面请求"))] = 4,
    processes: Annotated[int, typer.Option(min=1, max=16, help=text("网页进程的个数，一个处理器配一个"))] = 1,
    in_the_clear: Annotated[
        bool, typer.Option("--in-the-clear", help=text("没有 TLS 也让别的机器连接；密码会明文传送"))
    ] = False,
    workers: Annotated[int, typer.Option(min=0, max=16, help=text("后台任务进程的个数"))] = 1,
) -> None:
    from yice.config import serving
    from yice.config.variables import strangers

    for stranger in strangers():  # it may be the one that was to shut a door
        typer.echo(f"! {stranger}", err=True)
    serving.require_port(host, port)
    setup_django()
    serving.require_tls(host, allowed=in_the_clear)
    serving.require_current_tables()
    serving.require_keys()
    serving.collect_static()
    at = f"http://{host}:{port}/"
    ready = str(Message("网站已启动：{at}（按 Ctrl-C 停止）", at=at))  # here: a language is a thread's own
    raise typer.Exit(
        serving.serve(
            host=host,
            port=port,
            threads=threads,
            processes=processes,
            workers=workers,
            ready=lambda: typer.echo(ready),
        )
    )
