"""What the site's data takes, by what it is for, and how long files are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from yice import shelf
from yice.config.backup import last
from yice.config.doctor.finding import Finding, fail, ok, warn
from yice.shelf import scanner
from yice.shelf.address import address_of
from yice.terms.errors import AwayError, Problem
from yice.terms.messages import Message

DAY = 24 * 3600.0
STALE = 2 * DAY
LASTING = {
    "snapshots": Message("快照"),
    "comparisons": Message("计划比较"),
    "uploads": Message("上传文件"),
    "refused": Message("退回的表"),
}
FOLDERS = {
    "staging": Message("暂存"),
    "cache": Message("存储的副本"),
    "backups": Message("备份"),
}


def files() -> Iterator[Finding]:
    """Where lasting files stand takes a file and gives it back; in a bucket, sealed."""
    place = str(address_of(settings.YICE_FILES) or settings.VAR)
    try:
        shelf.probe()
    except (AwayError, OSError, Problem):
        fix = Message(
            "请检查 YICE_FILES、网络、对方的证书（本单位自己签的，加 ?ca=证书文件）和读写删的权限；桶要先建好，文件夹要先挂载。修好之前不能导入和筛查。"
        )
        yield fail("files", Message("文件存不进 {place}，或取不回来。", place=place), fix)
    else:
        yield ok("files", Message("文件存取正常：{place}", place=place))


def old_files() -> Iterator[Finding]:
    """Files with whole numbers that an older version left as they came."""
    if count := len(shelf.unsealed()):
        what = Message("{count} 个上传文件没有密封，是旧版留下的。", count=count)
        yield fail("unsealed", what, Message("请运行 yice migrate，它会密封它们。"))


def virus_scanner() -> Iterator[Finding]:
    """The scanner answers, and knows what every scanner knows."""
    if not settings.YICE_SCANNER:
        yield ok("scanner", Message("上传的文件不查病毒（没有设 YICE_SCANNER）"))
        return
    try:
        said = scanner.ask([scanner.KNOWN])
    except OSError:
        fix = Message("请启动 clamd，核对 YICE_SCANNER 和套接字的权限；修好之前什么文件也收不下。")
        yield fail("scanner", Message("查病毒的程序没有应答。"), fix)
        return
    if said.endswith(scanner.FOUND):
        yield ok("scanner", Message("查病毒的程序认得试验文件"))
    else:
        fix = Message("请运行 freshclam 取病毒库，再重启 clamd。")
        yield fail("scanner", Message("查病毒的程序不认得试验文件：没有病毒库，或太旧。"), fix)


def space() -> Iterator[Finding]:
    """The database and each folder, largest first; what takes nothing is left out."""
    root = Path(settings.VAR)
    sizes = {Message("数据库"): _database()}
    sizes |= {label: _folder(root / name) for name, label in FOLDERS.items()}
    with suppress(AwayError):
        sizes |= {label: sum(one.size for one in shelf.names(name)) for name, label in LASTING.items()}
    told = sorted(((size, str(label)) for label, size in sizes.items() if size), reverse=True)
    parts = "，".join(f"{label} {_said(size)}" for size, label in told)
    yield ok("space", Message("占用空间：{parts}", parts=parts))
    days, uploads = settings.YICE_KEEP_SNAPSHOTS, settings.YICE_KEEP_UPLOADS
    yield ok(
        "keeping",
        Message(
            "快照保留 {days} 天（最近一次和固定报告用到的除外），没有决定的上传 {uploads} 天",
            days=days,
            uploads=uploads,
        ),
    )


def _database() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(str(connection.settings_dict["NAME"]))
    files = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in files if one.is_file())


def _folder(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file()) if path.is_dir() else 0


def _said(size: int) -> str:
    for unit, limit in (("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{-(-size // 1024)} KB"


def backup() -> Iterator[Finding]:
    """A live site was backed up not long ago, as far as is known here."""
    if settings.DEMO:
        return
    age = last.age()
    fix = Message("请每晚运行 yice backup（deploy/systemd 里有定时），并每季度试着恢复一次。")
    if age is None:
        yield warn("backup", Message("这里还没有用 yice backup 做过备份。"), fix)
    elif age > STALE:
        yield warn("backup", Message("最近一次备份是 {days} 天以前。", days=int(age // DAY)), fix)
    else:
        yield ok("backup", Message("最近一次备份是 {hours} 小时以前", hours=int(age // 3600)))


CHECKS = (files, old_files, virus_scanner, space, backup)
