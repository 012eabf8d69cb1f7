"""A pack with what it extends as one zip: made the same way each time, opened with a guard."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings as django_settings

from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack, plan_of
from yice.rules.pack.written import Written, read_pack
from yice.terms.errors import Problem
from yice.terms.messages import Message

STAMP = (2000, 1, 1, 0, 0, 0)  # no times in it: the same files give the same zip
LIMIT = 32 << 20  # bytes unpacked


def read(path: Path, *, library: Path | None, overrides: Mapping[str, Any]) -> tuple[Plan, bytes]:
    """The plan in a folder, and the zip of the folder with those it extends. Raises Problems."""
    written = read_pack(path, library)
    return plan_of(written, overrides or None), make(_folders(written, path, library))


def _folders(written: Written, path: Path, library: Path | None) -> list[Path]:
    """The folders a pack is made of, the lowest first, itself last."""
    found = []
    for spec, _entry in written.packs[:-1]:
        beside = path.resolve().parent / spec.id
        found.append(beside if beside.is_dir() or library is None else library / spec.id)
    return [*found, path.resolve()]


def make(parts: list[Path]) -> bytes:
    """Zip these folders side by side."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for folder in parts:
            for file in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
                name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                zipped.writestr(zipfile.ZipInfo(name, STAMP), file.read_bytes())
    return buffer.getvalue()


def load(content: bytes, pack_id: str, digest: str, overrides: Mapping[str, Any]) -> Plan:
    """The plan in a zip. It is unpacked under the data folder once and read from there."""
    return load_pack(_unpacked(content, digest) / pack_id, overrides=overrides or None)


def written(content: bytes, pack_id: str, digest: str) -> Written:
    """The pack in a zip as it is written, its cases with it."""
    return read_pack(_unpacked(content, digest) / pack_id)


def _unpacked(content: bytes, digest: str) -> Path:
    place = Path(django_settings.VAR) / "packs" / digest
    if not place.is_dir():
        half = place.with_name(f"{digest}.{uuid4().hex}")
        half.mkdir(mode=0o700, parents=True)
        try:
            _unpack(content, half)
            os.replace(half, place)
        except OSError:
            if not place.is_dir():  # else another process was quicker
                raise
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return place


def _unpack(content: bytes, into: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        if sum(info.file_size for info in zipped.infolist()) > LIMIT:
            raise Problem("pack-size", Message("策略包解开后太大。"))
        for info in zipped.infolist():
            target = (into / info.filename).resolve()
            if not target.is_relative_to(into.resolve()):
                raise Problem("pack-path", Message("策略包里有指向包外的路径。"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(zipped.read(info))
