"""What the environment decides: where data lives, which database, the keys, the day. Read once, checked at start."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from yice.terms.errors import Problem
from yice.terms.messages import Message

KEYS = ("SECRET", "SEAL", "INDEX", "ROW")
LOOPBACK = ("localhost", "::1")
PROVEN = "verify-full"
TLS_WORDS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir"}
TLS_MODES = {"disable", "prefer", "require", "verify-ca", PROVEN}
NO_ROOM = 1 << 29  # bytes free, below which nothing can be imported
PROJECT = Path(__file__).resolve().parents[3]


def var_dir() -> Path:
    """The folder for everything that is written: database, keys, uploads, snapshots (YICE_VAR)."""
    path = Path(os.environ.get("YICE_VAR") or PROJECT / "var").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise Problem(
            "var-unwritable",
            Message("数据文件夹 {path} 建不起来。", path=path),
            fix=Message("请把它交给运行一策的用户，或用 YICE_VAR 另指一个。"),
        ) from None
    return path


def secret(name: str) -> bytes:
    """A key from the environment as hex, else from the keys folder.

    A folder without any key is a new site's: all four are made, mode 0600. Where some stand and one does not, it was
    lost, and another in its place would seal what comes in, and find nobody: that stops the start.
    """
    if value := os.environ.get(f"YICE_{name}_KEY"):
        return bytes.fromhex(value)
    folder = var_dir() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name.lower()}.key"
    if not path.exists():
        _make_keys(folder, path)
    return _key_of(path)


def _make_keys(folder: Path, wanted: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # several processes may start at once
        if wanted.exists():
            return
        # Another secret only signs everybody out; and where there is no database yet, nothing is sealed.
        others = any(folder.glob("*.key"))
        if others and wanted.stem != "secret" and not _is_empty_site():
            raise Problem(
                "key-missing",
                Message("密钥 {name} 不在，别的密钥却在：它丢了。", name=wanted.name),
                fix=Message(
                    "请从密钥备份放回 {folder}；切勿另造：已有的号码会打不开、查不到，来的人都会被当作新人。",
                    folder=folder,
                ),
            )
        for one in KEYS if not others else (wanted.stem.upper(),):
            path = folder / f"{one.lower()}.key"
            if not path.exists() and not os.environ.get(f"YICE_{one}_KEY"):
                made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                with os.fdopen(made, "w") as stream:
                    stream.write(secrets.token_hex(SIZES.get(one, 32)))
    finally:
        os.close(handle)


def _is_empty_site() -> bool:
    held = database()
    return held["ENGINE"].endswith("sqlite3") and not Path(held["NAME"]).exists()


def _key_of(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        key = b""
    if len(key) not in (16, 32, 64):
        raise Problem(
            "key-unreadable",
            Message("密钥文件 {name} 读不出来，或被截断、改坏了。", name=path.name),
            fix=Message("请核对它的权限，或从密钥备份放回 {folder}。", folder=path.parent),
        )
    return key


def seal_keys() -> dict[int, bytes]:
    """The seal keys by version: YICE_SEAL_KEY as hex, comma between; else seal.key, seal.2.key … of the folder."""
    if value := os.environ.get("YICE_SEAL_KEY"):
        return {number: bytes.fromhex(one) for number, one in enumerate(value.split(","), 1)}
    first = secret("SEAL")
    found = {1: first}
    while (path := var_dir() / "keys" / f"seal.{len(found) + 1}.key").exists():
        found[len(found) + 1] = _key_of(path)
    return found


def index_keys() -> tuple[bytes, ...]:
    """The index keys in order: YICE_INDEX_KEY as hex, comma between; else index.key, index.2.key … of the folder.

    Cheap to ask again and again: the folder is read anew only when something in it has changed.
    """
    if value := os.environ.get("YICE_INDEX_KEY"):
        return tuple(bytes.fromhex(one) for one in value.split(","))
    secret("INDEX")
    return _index_keys_of(var_dir() / "keys", (var_dir() / "keys").stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _index_keys_of(folder: Path, _changed: int) -> tuple[bytes, ...]:
    found = [_key_of(folder / "index.key")]
    while (path := folder / f"index.{len(found) + 1}.key").exists():
        found.append(_key_of(path))
    return tuple(found)


def national() -> bool:
    """YICE_CIPHER=sm: keys that are made from now on are for SM4 and SM3; a key's length says what it is for."""
    return os.environ.get("YICE_CIPHER", "").strip().lower() == "sm"


SIZES = {"SEAL": 16, "INDEX": 64} if national() else {}


def database() -> dict[str, Any]:
    """Django's database settings from YICE_DATABASE: a SQLite path, or postgresql://user:password@host:port/name."""
    url = os.environ.get("YICE_DATABASE", "")
    if url.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Pages are many at once: a query that takes several processors takes them from the others.
            "OPTIONS": {"options": "-c max_parallel_workers_per_gather=0 -c jit=off", **over_tls(url)},
        }
    path = Path(url) if url else var_dir() / "yice.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456"
            ),
        },
    }


def over_tls(url: str) -> dict[str, str]:
    """How the way to PostgreSQL is shut: TLS_WORDS of the address, as libpq takes them.

    A database on another machine must prove that it is the one (verify-full) unless the address says otherwise.
    """
    parts = urlsplit(url)
    said = {
        name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()
    }
    if not said.keys() <= TLS_WORDS or said.get("sslmode", "require") not in TLS_MODES:
        raise ValueError
    return (
        said if "sslmode" in said or is_here(unquote(parts.hostname or "")) else {"sslmode": PROVEN, **said}
    )


def is_here(host: str) -> bool:
    """Whether a host is this machine, or a socket's folder."""
    return not host or host.startswith(("/", "127.")) or host in LOOPBACK


def held_day() -> dt.date | None:
    """The day a demo lives on (YICE_TODAY, ISO); None lets the clock run."""
    value = os.environ.get("YICE_TODAY", "")
    return dt.date.fromisoformat(value) if value else None


def by_role(name: str, default: str) -> dict[str, str]:
    """`role=value role=value` from the environment; `*` stands for every role that is not named."""
    said = os.environ.get(name, "").strip() or default
    return dict(one.split("=", 1) for one in said.split() if "=" in one)


def days_of(name: str, default: int) -> int:
    """A number of days from the environment; nought is without end."""
    value = os.environ.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() else default


def flag(name: str, default: bool = False) -> bool:
    """A yes or no from the environment: 1/true/yes or 0/false/no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    return value in {"1", "true", "yes", "on"}
