"""The keys that live outside the database: told apart by fingerprint, copied only when asked, put back with care."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path

from yice.config.environment import SIZES, index_keys, seal_keys, secret, var_dir
from yice.terms.errors import Problem
from yice.terms.messages import Message

SEALING = ("SEAL", "INDEX", "ROW")  # without them what is sealed can be neither opened nor found
NAMES = (*SEALING, "SECRET")  # SECRET signs sessions: another one only signs everybody out
FORMAT = "yice-keys-1"
SEAL_SIZE, INDEX_SIZE = SIZES.get("SEAL", 32), SIZES.get("INDEX", 32)


def current() -> dict[str, bytes]:
    """The keys in force, from the environment or the keys folder."""
    seals, marks = seal_keys(), dict(enumerate(index_keys(), 1))
    later = {f"SEAL.{version}": key for version, key in seals.items() if version > 1}
    later |= {f"INDEX.{version}": key for version, key in marks.items() if version > 1}
    alone = {name: secret(name) for name in NAMES if name not in ("SEAL", "INDEX")}
    return {**alone, "SEAL": seals[1], "INDEX": marks[1], **later}


def seal_versions(keys: dict[str, bytes]) -> dict[int, bytes]:
    """The seal keys of such a set by version, as `sealing.use_keys` takes them."""
    later = {int(name[5:]): key for name, key in keys.items() if name.startswith("SEAL.")}
    return {1: keys["SEAL"], **later}


def index_versions(keys: dict[str, bytes]) -> tuple[bytes, ...]:
    """The index keys of such a set in order."""
    later = {int(name[6:]): key for name, key in keys.items() if name.startswith("INDEX.")}
    return (keys["INDEX"], *(later[version] for version in sorted(later)))


def add_key(name: str) -> int:
    """Make the next SEAL or INDEX key; gives its version. Processes learn of it when they need it."""
    if os.environ.get(f"YICE_{name}_KEY"):
        raise Problem(
            "keys-from-environment",
            Message("密钥由环境变量 {name} 给出，请在那里加新密钥。", name=f"YICE_{name}_KEY"),
            fix=Message("在原有的值后面加逗号和一把新密钥，重新启动各进程后再运行同一条命令。"),
        )
    size = {"SEAL": SEAL_SIZE, "INDEX": INDEX_SIZE}[name]
    version = 1 + (len(seal_keys()) if name == "SEAL" else len(index_keys()))
    put({f"{name}.{version}": secrets.token_bytes(size)})
    return version


def fingerprints(keys: dict[str, bytes] | None = None) -> dict[str, str]:
    """What tells one key from another without giving anything of it away."""
    found = current() if keys is None else keys
    return {
        name: hashlib.sha256(b"yice key fingerprint\0" + key).hexdigest()[:16] for name, key in found.items()
    }


def write(path: Path) -> None:
    """Copy the keys in force to a new file that only its owner may read."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Problem(
            "keys-exist",
            Message("文件 {path} 已经存在，密钥不会覆盖任何文件。", path=str(path)),
            fix=Message("请换一个文件名。"),
        ) from None
    with os.fdopen(handle, "w") as stream:
        json.dump({"format": FORMAT, "keys": {name: key.hex() for name, key in current().items()}}, stream)


def read(path: Path) -> dict[str, bytes]:
    """The keys in a file that `write` made."""
    try:
        held = json.loads(path.read_text("ascii"))
        if held["format"] != FORMAT:
            raise ValueError
        given = {name: bytes.fromhex(value) for name, value in held["keys"].items()}
        return {**{name: given[name] for name in NAMES}, **given}
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem("keys-unreadable", Message("{path} 不是密钥文件，或已损坏。", path=str(path))) from None


def put(keys: dict[str, bytes]) -> None:
    """Put keys into the keys folder. One that stood there is kept beside it: a key is never thrown away."""
    folder = var_dir() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, key in keys.items():
        if os.environ.get(f"YICE_{name.partition('.')[0]}_KEY"):
            continue  # the environment's is the one in force
        path = folder / f"{name.lower()}.key"
        if path.exists() and bytes.fromhex(path.read_text("ascii")) != key:
            os.replace(
                path, path.with_name(f"{path.name}.replaced-{fingerprints({name: secret(name)})[name]}")
            )
        if not path.exists():
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as stream:
                stream.write(key.hex())
