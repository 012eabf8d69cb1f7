"""The database: reachable, of this version, set to lose nothing, its record whole, its sealed values open."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from yice import shelf
from yice.accounts import row_policies, rows
from yice.accounts.models import Installation
from yice.audit.heads import missing
from yice.audit.heads import noted as heads
from yice.audit.models import Event
from yice.audit.verifying import verify
from yice.config.doctor.finding import Finding, fail, ok, warn
from yice.config.environment import PROVEN, held_day, is_here
from yice.config.record import noted_outside
from yice.config.sealed import Sample, open_sample, plain_texts
from yice.policy.models import Snapshot
from yice.terms import clock
from yice.terms.errors import AwayError, Problem
from yice.terms.messages import Message, listed

OLDEST_POSTGRES = 150000
QUICK_CHECK = 256 << 20  # a SQLite file up to this size is checked page by page
LATEST_EVENTS = 2000
OF_A_SITE = ("snapshots", "anchors.txt", "last-backup")  # what a site leaves beside its database
SKEW = 30  # seconds
SAFE = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}  # 2: FULL
BROKEN = fail("database", Message("SQLite 文件已损坏。"), Message("请停止服务，保留文件，从备份恢复。"))
PROVE = Message("请在 YICE_DATABASE 末尾写 ?sslmode=verify-full&sslrootcert=签发证书的文件。")
MIGRATE = Message("请先备份，再运行 yice migrate。")


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        yield fail("database", Message("连不上数据库。"), _why(str(error)))
        return
    except DatabaseError:
        yield BROKEN
        return
    try:
        yield from _sqlite() if connection.vendor == "sqlite" else _postgres()
    except DatabaseError:
        if connection.vendor != "sqlite":
            raise
        yield BROKEN


def _why(said: str) -> Message:
    """What to look at, by what libpq says; its words name host and account, so they are not shown."""
    if "certificate" in said or "SSL" in said:
        return Message(
            "数据库的证书没有核对成功：它在另一台机器上时要写 ?sslrootcert=签发证书的文件，主机名要与证书相符。"
        )
    if "authentication failed" in said or "no password" in said:
        return Message("数据库不认这个用户名或密码，请核对 YICE_DATABASE。")
    if "does not exist" in said:
        return Message("数据库服务在，但没有这个库或这个用户，请先建立，或核对 YICE_DATABASE。")
    return Message("请核对 YICE_DATABASE，并看数据库是否已启动。")


def tables() -> Iterator[Finding]:
    if not connection.introspection.table_names():
        if any((Path(settings.VAR) / name).exists() for name in OF_A_SITE):
            fix = Message("请先找原来的数据库（YICE_DATABASE 是否写对），找不到就从备份恢复；不要另建。")
            yield fail("tables", Message("数据库是空的，这里却有过站点：它的文件还在。"), fix)
            return
        fix = Message("请运行 yice site new；只是看看请运行 yice demo。")
        yield fail("tables", Message("数据库还是空的，没有表。"), fix)
        return
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield fail("tables", Message("数据库的表还差 {count} 步才是这一版的。", count=len(waiting)), MIGRATE)
    else:
        yield ok("tables", Message("数据库的表是这一版的"))


def kind() -> Iterator[Finding]:
    """What this database was created as, and that the environment does not say otherwise."""
    found = Installation.objects.first()
    if found is None:
        fix = Message("请运行 yice site new；只是看看请运行 yice demo。")
        yield warn("kind", Message("还没有建立站点。"), fix)
        return
    if found.demo != settings.DEMO:
        fix = Message("请把 YICE_DEMO 改过来，或用 YICE_VAR 指到对的站点。")
        yield fail("kind", Message("YICE_DEMO 与数据库建立时的不同。"), fix)
        return
    yield ok("kind", Message("演示库") if found.demo else Message("正式库"))
    if not found.demo:
        yield from _exposed()


def held_clock() -> Iterator[Finding]:
    if held_day() is None:
        yield ok("clock", Message("今天是 {day}", day=clock.today().isoformat()))
    elif settings.DEMO:
        yield ok("clock", Message("演示的今天停在 {day}", day=clock.today().isoformat()))
    else:
        what = Message("正式站点的今天停在 {day}。", day=clock.today().isoformat())
        yield fail("clock", what, Message("请去掉 YICE_TODAY。"))


def skew() -> Iterator[Finding]:
    """This machine's clock agrees with the database's, and no event on record lies ahead of it."""
    fix = Message("请在每台机器上启用时间同步（timedatectl set-ntp true），再重启服务。")
    if connection.vendor == "postgresql":
        before = time.time()
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            theirs = float(cursor.fetchone()[0])
        off = round(max(before - theirs, theirs - time.time(), 0.0))
        if off > SKEW:
            yield fail("skew", Message("本机与数据库的时钟差 {seconds} 秒。", seconds=off), fix)
            return
    last = Event.objects.order_by("-id").values_list("at", flat=True).first()
    if last is not None and (ahead := (last - clock.now()).total_seconds()) > SKEW:
        what = Message("审计记录里最近一条比现在晚 {seconds} 秒：时钟被往回拨过。", seconds=round(ahead))
        yield fail("skew", what, fix)
    else:
        yield ok("skew", Message("时钟与数据库和记录相符"))


def sealed() -> Iterator[Finding]:
    match open_sample():
        case Sample.OPEN:
            yield ok("sealed", Message("密封的值能打开"))
        case Sample.SHUT:
            fix = Message("请从密钥备份放回原来的密钥；放回之前不要导入或录入。")
            yield fail("sealed", Message("密钥不是这个数据库的：密封的值打不开，或按号码查不到人。"), fix)
        case Sample.NOTHING:
            yield ok("sealed", Message("还没有密封的值"))
    if plain := plain_texts():
        fix = Message("请运行 yice keys rotate：分批密封，不停机。")
        yield warn("sealed", Message("有 {count} 段文字还是明文，是上一版写下的。", count=plain), fix)


def record() -> Iterator[Finding]:
    """The latest part of the audit chain, and all that was noted of it outside; all of it is `yice audit verify`'s to
    walk."""
    last = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    since = max(0, last - LATEST_EVENTS + 1)
    faults = verify(since)
    if faults:
        fix = Message("请运行 yice audit verify 看是哪些，保留现场和备份。")
        yield fail("record", Message("审计记录有 {count} 处核对不上。", count=len(faults)), fix)
    else:
        yield ok("record", Message("最近的审计记录完整（到第 {last} 号）", last=last))
    yield from _outside(last)


def _outside(last: int) -> Iterator[Finding]:
    """The record holds every anchor and head that was noted outside the database."""
    try:
        noted = noted_outside()
    except Problem as problem:
        yield fail("record", problem.what, problem.fix)
        return
    if gone := missing(noted):
        what = Message(
            "数据库外记下的审计记录，有 {count} 处不在记录里：末尾被截掉过，或整段被改写过。", count=len(gone)
        )
        fix = Message("请保留现场和备份，告诉安全管理员；刚从备份恢复的，请运行 yice audit accept。")
        yield fail("record", what, fix)
    elif last and not heads():
        what = Message("数据库外没有记下审计记录的链头（YICE_ANCHORS 旁的 heads）：末尾被截掉看不出来。")
        yield warn("record", what, Message("请核对那个文件夹在不在、能不能写；下一次写入会重新记。"))


def snapshots() -> Iterator[Finding]:
    """Every snapshot on record has its files."""
    paths = list(Snapshot.objects.exclude(path="").order_by("id").values_list("path", flat=True))
    try:
        there = {one.name for one in shelf.names("snapshots")}
    except AwayError:
        return  # said by `files`
    gone = sum(f"{path}/values.parquet" not in there for path in paths)
    if gone:
        what = Message("{count} 份快照的文件不在了，那几次筛查不能再说明理由。", count=gone)
        yield warn("snapshots", what, Message("请从备份放回，或重新筛查。"))
    else:
        yield ok("snapshots", Message("{count} 份快照的文件都在", count=len(paths)))


def _sqlite() -> Iterator[Finding]:
    path = Path(str(connection.settings_dict["NAME"]))
    said = {name: str(_pragma(name)).lower() for name in SAFE}
    wrong = [name for name, value in said.items() if value != SAFE[name]]
    if wrong:
        names = listed(f"{name}={said[name]}" for name in wrong)
        fix = Message("请去掉别处对这个文件的设置；数据库要放在本机的盘上，不要放网络盘。")
        yield fail("database", Message("SQLite 的设置不对：{names}。断电可能丢数据。", names=names), fix)
    else:
        yield ok("database", Message("SQLite {path}：WAL，断电不丢已确认的写入", path=path))
    if not os.access(path, os.W_OK):
        fix = Message("请把它交给运行一策的用户（chown），权限 600。")
        yield fail("database", Message("不能写入数据库文件 {path}。", path=path), fix)
    if path.is_file() and path.stat().st_size <= QUICK_CHECK and _pragma("quick_check(1)") != "ok":
        yield BROKEN


def _pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def _postgres() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute(
            "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
        )
        safe = cursor.fetchone()[0]
    if number < OLDEST_POSTGRES:
        what = Message("PostgreSQL 是 {version}，太旧。", version=version)
        yield fail("database", what, Message("请用 PostgreSQL 15 或更新的版本。"))
    else:
        yield ok("database", Message("PostgreSQL {version}", version=version))
    yield from _way()
    if not safe:
        what = Message("PostgreSQL 关了 fsync 或 full_page_writes：断电会损坏数据库。")
        yield fail("database", what, Message("请在 postgresql.conf 里打开。"))


def _way() -> Iterator[Finding]:
    """How the way to a database on another machine is shut."""
    held = connection.settings_dict
    if is_here(str(held["HOST"])):
        return
    if not connection.connection.pgconn.ssl_in_use:
        yield warn("way", Message("到数据库的连接没有加密。"), PROVE)
    elif held["OPTIONS"].get("sslmode") != PROVEN:
        yield warn("way", Message("到数据库的连接加密了，但没有核对是不是那台机器。"), PROVE)
    else:
        yield ok("way", Message("到数据库的连接加密，证书核对过"))


def wall() -> Iterator[Finding]:
    """PostgreSQL: whether pages work behind row-level policies (accounts.rows)."""
    if connection.vendor != "postgresql" or not settings.YICE_ROW_SECURITY:
        return
    if not rows.standing():
        yield warn("wall", Message("数据库里没有行级安全，只有程序自己的一道墙。"), row_policies.HOW_TO_BUILD)
    else:
        yield ok("wall", Message("数据库里有行级安全作第二道墙"))


def _exposed() -> Iterator[Finding]:
    """What a live site must not leave as it is for trying out."""
    if settings.DEBUG:
        yield fail("exposed", Message("正式站点开着 YICE_DEBUG。"), Message("请去掉它。"))
    if not settings.SECURE_SSL:
        what = Message("没有设 YICE_HTTPS：密码和 Cookie 可能明文传送。")
        yield warn("exposed", what, Message("请把网站放在 TLS 反向代理之后，并设 YICE_HTTPS=1。"))


CHECKS = (database, tables)
OF_ROWS = (kind, held_clock, skew, sealed, record, snapshots, wall)  # when the tables are this version's
