"""What can be looked at without starting Django: Python, packages, settings, the data folder, keys, what was built."""

from __future__ import annotations

import gettext
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from babel.messages.pofile import read_po

from yice.config import keys
from yice.config.doctor.finding import Finding, fail, ok, warn
from yice.config.environment import NO_ROOM, PROJECT, days_of, flag, var_dir
from yice.config.variables import VARIABLES, faults, strangers
from yice.terms.messages import LOCALE_DIR, Message, listed

KEY_DAYS = 730  # of a key that seals: NIST SP 800-57 part 1, table 1
# What a key is renewed by. `row` only tells which rows of a list changed, opens nothing, and stays.
RENEWED = {
    "seal": "yice keys rotate",
    "index": "yice keys rotate-index",
    "secret": Message("移走 keys/secret.key 后重启，各人要重新登录"),
}
OLDEST_PYTHON = (3, 11)
LOW_DISK = 5 << 30  # bytes free, below which is warned
BUILD = Path(__file__).resolve().parents[2] / "web/ui/static/ui/build"
REBUILD = Message("请运行 make assets。")
_PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)([^\n]*)", re.MULTILINE)


def python() -> Iterator[Finding]:
    said = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield fail(
            "python",
            Message("Python 是 {version}，太旧。", version=said),
            Message("请用 Python 3.11 或更新的版本。"),
        )
    else:
        yield ok("python", Message("Python {version}", version=said))


def packages() -> Iterator[Finding]:
    """The packages installed are those of the lock."""
    lock = PROJECT / "requirements/runtime.txt"
    if not lock.is_file():
        yield warn("packages", Message("没有 requirements/runtime.txt，无法核对软件包。"))
        return
    wanted: dict[str, list[str]] = {}
    everywhere = set()
    for name, pinned, marker in _PINNED.findall(lock.read_text("utf-8")):
        wanted.setdefault(name, []).append(pinned)
        everywhere |= set() if ";" in marker else {name}  # else it may be for another system
    missing, other = [], []
    for name, pins in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            missing += [name] if name in everywhere else []
            continue
        if found not in pins:
            other.append(f"{name} {found}≠{'/'.join(pins)}")
    fix = Message("请运行 make setup。")
    if missing:
        yield fail("packages", Message("缺少软件包：{names}。", names=listed(missing[:8])), fix)
    if other:
        names = listed(other[:8])
        yield warn("packages", Message("软件包的版本与锁定的不同：{names}。", names=names), fix)
    if not missing and not other:
        yield ok("packages", Message("{count} 个软件包与锁定的一致", count=len(wanted)))


def settings() -> Iterator[Finding]:
    """Variables that are set and mean nothing, and values that nobody can read: with one of these nothing starts."""
    for stranger in strangers():
        yield warn("settings", stranger.what, stranger.fix)
    for fault in faults():
        yield fail("settings", fault.what, fault.fix)
    if not strangers() and not faults():
        count = sum(one.name in os.environ for one in VARIABLES)
        yield ok("settings", Message("环境里设了 {count} 项，都认识", count=count))


def folder() -> Iterator[Finding]:
    """The data folder: there, ours alone, with room."""
    path = var_dir()
    if not os.access(path, os.W_OK | os.X_OK):
        fix = Message("请把它交给运行一策的用户，或用 YICE_VAR 另指一个。")
        yield fail("folder", Message("不能写入数据文件夹 {path}。", path=path), fix)
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        what = Message("数据文件夹 {path} 别的用户也能进（{mode}）。", path=path, mode=f"{mode:o}")
        yield warn("folder", what, Message("请运行 chmod 700 {path}。", path=path))
    else:
        yield ok("folder", Message("数据文件夹 {path} 只有本用户能进", path=path))
    free = shutil.disk_usage(path).free
    room = Message("磁盘还有 {free} GB", free=f"{free / (1 << 30):.1f}")
    if free < LOW_DISK:
        fix = Message("请腾出空间或换一个更大的盘；旧的备份和快照可移到别处。")
        yield (fail if free < NO_ROOM else warn)("disk", room, fix)
    else:
        yield ok("disk", room)


def key_files() -> Iterator[Finding]:
    """Keys stand in the environment, or in files that only their owner can read."""
    place = var_dir() / "keys"
    loose, missing = [], []
    for name in keys.NAMES:
        if os.environ.get(f"YICE_{name}_KEY"):
            continue  # how it is written is looked at among the settings
        if not (place / f"{name.lower()}.key").is_file():
            missing.append(name.lower())
    loose += [path.name for path in sorted(place.glob("*.key")) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if place.is_dir() and stat.S_IMODE(place.stat().st_mode) & 0o077:
        loose.append("keys/")
    if missing != ["secret"] and missing and any(place.glob("*.key")):
        what = Message("这些密钥不在，别的却在：{names}。", names=listed(missing))
        yield fail("keys", what, Message("请从密钥备份放回，切勿另造。"))
    elif missing:
        what = Message("还没有这些密钥：{names}。", names=listed(missing))
        yield warn("keys", what, Message("新站点会自己生成；已有数据的站点请从密钥备份放回，切勿另造。"))
    if loose:
        what = Message("密钥文件别的用户也能读：{names}。", names=listed(loose))
        yield fail("keys", what, Message("请运行 chmod 700 {path} 和 chmod 600 {path}/*.key。", path=place))
    if not missing and not loose:
        yield ok("keys", Message("{count} 把密钥都在，权限正确", count=len(keys.NAMES)))


def key_age() -> Iterator[Finding]:
    """A key serves as long as the site's policy says (YICE_KEY_DAYS); the file's date tells since when."""
    place, limit = var_dir() / "keys", days_of("YICE_KEY_DAYS", KEY_DAYS)
    old = []
    for name, how in RENEWED.items():
        newest = max((one.stat().st_mtime for one in place.glob(f"{name}*.key")), default=None)
        if newest is not None and limit and time.time() - newest > limit * 86400:
            old.append((name, how))
    for name, how in old:
        what = Message("密钥 {name} 用了超过 {days} 天。", name=name, days=limit)
        yield warn("key-age", what, Message("请换新的：{how}。", how=how))
    if not old:
        yield ok("key-age", Message("密钥都没有用过期"))


def account() -> Iterator[Finding]:
    """Whoever breaks into a process has what its account has: root's would be the machine."""
    if os.geteuid() == 0 and not flag("YICE_DEMO"):
        fix = Message("请建一个专用账号，见 docs/operations.md；deploy/ 里的单元和镜像已经这样做。")
        yield fail("account", Message("一策以 root 的身份运行。"), fix)
    else:
        yield ok("account", Message("不以 root 的身份运行，或者是演示"))


def assets() -> Iterator[Finding]:
    """Style sheet and scripts are built, and are what was built."""
    path = BUILD / "manifest.json"
    if not path.is_file():
        yield fail("assets", Message("网页的样式和脚本还没有生成。"), REBUILD)
        return
    built = json.loads(path.read_text("utf-8"))["files"]
    wrong = [name for name, one in built.items() if not _same(BUILD / name, one)]
    if wrong:
        yield fail("assets", Message("这些网页文件不在或被改过：{names}。", names=listed(wrong)), REBUILD)
    else:
        yield ok("assets", Message("{count} 个网页文件齐全", count=len(built)))


def catalogue() -> Iterator[Finding]:
    """The English texts are compiled, all of them."""
    source = LOCALE_DIR / "en/LC_MESSAGES/django.po"
    compiled = source.with_suffix(".mo")
    fix = Message("请运行 make messages。")
    if not compiled.is_file():
        yield warn("catalogue", Message("英文词条还没有编译，英文界面会显示中文。"), fix)
        return
    with compiled.open("rb") as stream:
        found = gettext.GNUTranslations(stream)
    with source.open("rb") as stream:
        texts = [
            message for message in read_po(stream, locale="en") if message.id and isinstance(message.id, str)
        ]
    old = sum(
        bool(one.string) and found.gettext(str(one.id)) != one.string for one in texts if not one.context
    )
    if old:
        yield warn("catalogue", Message("编译过的英文词条有 {count} 条是旧的。", count=old), fix)
    else:
        yield ok("catalogue", Message("{count} 条英文词条已编译", count=len(texts)))


def fonts() -> Iterator[Finding]:
    """What PDF papers are drawn with: the library's own libraries, and a font that has Chinese."""
    fix = Message(
        "Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk。没有它们仍可导出 Word。"
    )
    if not (find_library("pango-1.0") and find_library("pangoft2-1.0")):
        yield warn("fonts", Message("缺少 Pango，不能生成 PDF。"), fix)
        return
    listing = shutil.which("fc-list")
    if listing is None:
        yield warn("fonts", Message("没有 fc-list，不知道有没有中文字体。"), fix)
        return
    found = subprocess.run(  # noqa: S603 - the path that the system gave
        [listing, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
    ).stdout
    if found.strip():
        yield ok("fonts", Message("有 Pango 和中文字体，可以生成 PDF"))
    else:
        yield warn("fonts", Message("没有中文字体，PDF 里的字会是方框。"), fix)


def programs() -> Iterator[Finding]:
    """Programs beside ours that some commands call."""
    if os.environ.get("YICE_DATABASE", "").startswith("postgres"):
        if shutil.which("pg_dump") and shutil.which("pg_restore"):
            yield ok("programs", Message("有 pg_dump 和 pg_restore，可以备份 PostgreSQL"))
        else:
            what = Message("没有 pg_dump 或 pg_restore，不能备份 PostgreSQL。")
            yield fail("programs", what, Message("Debian：apt-get install postgresql-client。"))


def _same(path: Path, said: dict[str, object]) -> bool:
    """Whether a built file has the hash the manifest gives it."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == said["sha256"]


CHECKS = (python, packages, settings, folder, key_files, key_age, account, assets, catalogue, fonts, programs)
