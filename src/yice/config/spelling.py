"""How the value of a setting may be written. What is written otherwise stops the start, before it means something else.

`YICE_HTTPS=ture` read as a no would send passwords in the clear; a mistyped post would go without its second factor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from yice.config.environment import over_tls
from yice.shelf import scanner
from yice.shelf.address import address_of
from yice.terms.messages import Message


@dataclass(frozen=True)
class Spelling:
    """What is wanted, and whether a value is that."""

    wanted: Message
    fits: Callable[[str], bool]


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(pattern, value, re.IGNORECASE) is not None


def _parses(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        with suppress(ValueError):
            return read(value) is not False
        return False

    return fits


def _database(value: str) -> bool:
    if "://" not in value:
        return not Path(value).is_dir()
    parts = urlsplit(value)
    over_tls(value)
    here = bool(parts.hostname and parts.path.strip("/") and parts.port != 0)
    return parts.scheme in ("postgresql", "postgres") and here


def _posts(value: str) -> bool:
    from yice.accounts.enums import Role

    return {one.partition("=")[0] for one in value.split()} <= {*Role.values, "*"}


def _by_post(amount: str) -> Callable[[str], bool]:
    return lambda value: _matches(rf"\s*(?:[\w*]+={amount}\s*)+")(value) and _posts(value)


def _holds(value: str) -> bool:
    """Something to do in, and no more of it than there is in all."""
    pairs = [one.partition("=")[2].split("/") for one in value.split()]
    return _by_post(r"\d{1,5}/\d{1,5}")(value) and all(0 < int(idle) <= int(whole) for idle, whole in pairs)


def _at_least(least: int) -> Callable[[str], bool]:
    return lambda value: _matches(r"\d{1,5}")(value) and int(value) >= least


HEX = r"(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128})"
ANYTHING = Spelling(Message("任何文字"), lambda value: True)
YES_NO = Spelling(Message("1 或 0"), _matches("1|true|yes|on|0|false|no|off"))
KEY = Spelling(Message("64 位十六进制数字（国密为 32 或 128 位）"), _matches(HEX))
KEYS = Spelling(Message("64 位十六进制数字（国密为 32 位），几把之间用逗号"), _matches(f"{HEX}(?:,{HEX})*"))
WHOLE = Spelling(Message("大于零的整数"), _matches(r"0*[1-9]\d*"))
COUNT = Spelling(Message("整数"), _matches(r"\d{1,9}"))
DAYS = Spelling(Message("天数，不超过五位的整数"), _at_least(0))
HALF_A_YEAR = Spelling(Message("天数，至少 183（法定不少于六个月）"), _at_least(183))
LEAST = Spelling(Message("至少为 3 的整数"), _at_least(3))
SECONDS = Spelling(Message("大于零的秒数"), lambda v: _matches(r"\d{1,6}(?:\.\d+)?")(v) and float(v) > 0)
A_FILE = Spelling(Message("一个已有的文件"), lambda value: Path(value).is_file())
A_FOLDER = Spelling(Message("一个已有的文件夹"), lambda value: Path(value).is_dir())
NEW_FILE = Spelling(
    Message("已有文件夹里的一个文件"),
    lambda value: Path(value).resolve().parent.is_dir() and not Path(value).is_dir(),
)
SHARE = Spelling(Message("0 到 1 之间的小数"), _parses(lambda value: 0 <= float(value) <= 1))
DAY = Spelling(Message("日期，例如 2020-06-30"), _parses(dt.date.fromisoformat))
DATABASE = Spelling(
    Message("一个文件，或 postgresql://用户:密码@主机:端口/库名?sslmode=verify-full&sslrootcert=证书文件"),
    _parses(_database),
)
SCANNER = Spelling(Message("unix:/套接字，或 tcp://127.0.0.1:端口"), _parses(scanner.address_of))
FILES = Spelling(Message("一个文件夹，或 s3://密钥名:密钥@主机:端口/桶/前缀"), _parses(address_of))
HOSTS = Spelling(
    Message("主机名，用逗号分开，不带 https://，也不能是 *"), _matches(r"[\w.\[\]:-]+(?:,[\w.\[\]:-]+)*")
)
ORIGINS = Spelling(
    Message("https://主机名，用逗号分开"), _matches(r"https?://[^\s,/]+(?:,https?://[^\s,/]+)*")
)
ADDRESS = Spelling(
    Message("https:// 开头的地址"),
    _matches(r"https://\S+|http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/\S*)?"),
)
POSTS = Spelling(Message("岗位代码，用空格分开，或 *"), _posts)
MINUTES = Spelling(Message("岗位=分钟，用空格分开，例如 *=60"), _by_post(r"\d+"))
HOLDS = Spelling(Message("岗位=不操作分钟/总分钟，例如 *=60/480"), _holds)
CIPHER = Spelling(Message("sm"), _matches("sm"))
LANGUAGE = Spelling(Message("zh 或 en"), _matches(r"(?:zh|en)(?:[-_].*)?"))
LEVEL = Spelling(
    Message("DEBUG、INFO、WARNING、ERROR 之一"), lambda v: v in ("DEBUG", "INFO", "WARNING", "ERROR")
)
LINES = Spelling(Message("json 或 text"), lambda value: value in ("json", "text"))
READERS = Spelling(Message("loopback，或至少 24 个字符的口令"), lambda v: v == "loopback" or len(v) >= 24)
