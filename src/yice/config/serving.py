"""Start the site: a look at the port and the tables first, then the web server with its workers beside it."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Callable

from yice.config.environment import is_here
from yice.config.processes import supervise
from yice.terms.errors import Problem
from yice.terms.messages import Message

START_SECONDS = 60.0
GIVES_WAY = "200ms"  # far below the second after which PostgreSQL shoots one of a ring


def require_port(host: str, port: int) -> None:
    """A Problem when `port` cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                what = Message("端口 {port} 已被别的程序占用。", port=port)
            else:
                what = Message("不能在 {host} 的端口 {port} 上启动。", host=host, port=port)
            raise Problem(
                "port-taken",
                what,
                fix=Message("请换一个端口，例如 {next}：演示用 make demo PORT={next}。", next=port + 1),
            ) from None


def require_tls(host: str, *, allowed: bool) -> None:
    """A Problem when other machines could come in without TLS: passwords and people would pass in the clear."""
    from django.conf import settings

    if settings.SECURE_SSL or settings.DEMO or allowed or is_here(host):
        return
    raise Problem(
        "tls-none",
        Message("在 {host} 上别的机器也能连接，却没有设 YICE_HTTPS：密码和个人信息会明文传送。", host=host),
        fix=Message(
            "请放在 TLS 反向代理之后并设 YICE_HTTPS=1，或只在 127.0.0.1 上监听；确实要这样，加 --in-the-clear。"
        ),
    )


def require_current_tables() -> None:
    """A Problem when the database is not at this version's migrations."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Problem(
            "tables-behind",
            Message("数据库的表还不是这一版的。"),
            fix=Message("请先备份，再运行 yice migrate。"),
        )


def require_keys() -> None:
    """A Problem when the keys are not those of the database: what came in would be sealed by others, everybody new."""
    from yice.config.sealed import Sample, open_sample

    if open_sample() is Sample.SHUT:
        raise Problem(
            "keys-other",
            Message("密钥不是这个数据库的：密封的值打不开，或按号码查不到人。"),
            fix=Message("请从密钥备份放回原来的密钥（YICE_VAR/keys，或环境变量），再启动。"),
        )


def migrate() -> None:
    """Bring the database's tables to this version, and the wall around them (PostgreSQL, unless it is switched off),
    and seal files that an older version left as they came.

    It gives way to whoever reads or writes: a step that does not get its table at once is begun anew. Who waited for a
    table while somebody holds it would make everybody else wait behind, or be shot as one of a ring.
    """
    from django.core.management import call_command

    from yice import shelf
    from yice.jobs.leases import patiently

    patiently(giving_way(lambda: call_command("migrate", verbosity=0, interactive=False)))
    _wall()
    shelf.seal_old()


def giving_way(step: Callable[[], object]) -> Callable[[], None]:
    """The step (whole transactions) with no wait for a lock longer than GIVES_WAY; SQLite has its own timeout."""

    def done() -> None:
        from django.db import connection

        if connection.vendor != "postgresql":
            step()
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{GIVES_WAY}'")
        try:
            step()
        finally:
            if connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")

    return done


def _wall() -> None:
    """Without the right to make a role there is no wall; where one was asked for by name, that is a fault."""
    from django.conf import settings
    from django.db import ProgrammingError, connection

    from yice.accounts import row_policies
    from yice.jobs.leases import patiently

    if not settings.YICE_ROW_SECURITY or connection.vendor != "postgresql":
        return
    try:
        row_policies.build(lambda work: patiently(giving_way(work)))
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":
            raise
        if os.environ.get("YICE_ROW_SECURITY"):
            raise Problem(
                "wall-not-built",
                Message("数据库账号没有建立行级安全的权限。"),
                fix=row_policies.HOW_TO_BUILD,
            ) from None


def collect_static() -> None:
    """Put style sheets and scripts where the web server gives them out, compressed and named by content."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)


def serve(
    *,
    host: str,
    port: int,
    threads: int = 4,
    processes: int = 1,
    workers: int = 1,
    ready: Callable[[], None] | None = None,
) -> int:
    """Run the web server and `workers` job processes until told to stop; calls `ready` once pages are served.

    A web process works on one page at a time, however many threads wait for the database: a processor each.
    """
    from yice.config.watch.figures import keep_together

    keep_together(port)
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += [
        "--workers",
        str(processes),
        "--blocking-threads",
        str(threads),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    job = [sys.executable, "-m", "yice.config.cli", "work"]
    if ready is not None:
        threading.Thread(target=_tell, args=(host, port, ready), daemon=True).start()
    return supervise([[*web, "yice.config.wsgi:application"], *([job] * workers)])


def _tell(host: str, port: int, ready: Callable[[], None]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            ready()
            return
