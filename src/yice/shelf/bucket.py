"""Lasting files in a bucket that speaks S3, sealed before they leave; read from copies on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from pyarrow import fs

from yice.shelf.address import Address
from yice.shelf.kept import Kept
from yice.shelf.sealed import forget, opened, seal, unseal
from yice.terms.errors import AwayError

log = logging.getLogger(__name__)
CONNECT, ANSWER, TRIES = 3, 30, 2  # seconds, seconds, times: a page must not wait for a bucket that is gone


class Bucket:
    """`cache`: copies of what never changes, opened, for this machine's user alone."""

    def __init__(self, at: Address, cache: Path) -> None:
        self.at, self.cache = at, cache

    @cached_property
    def _fs(self) -> fs.S3FileSystem:
        given = {"access_key": self.at.key, "secret_key": self.at.secret} if self.at.key else {}
        return fs.S3FileSystem(
            **given,
            endpoint_override=self.at.host,
            scheme=self.at.scheme,
            region=self.at.region,
            force_virtual_addressing=self.at.virtual,
            connect_timeout=CONNECT,
            request_timeout=ANSWER,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
            tls_ca_file_path=self.at.ca or None,
        )

    def _key(self, name: str) -> str:
        return "/".join(part for part in (self.at.bucket, self.at.prefix, name) if part)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What the bucket's side says is one thing: away. A fault of this machine's disk (it has a number) stays itself."""
        try:
            yield
        except FileNotFoundError:
            if self._stands():
                raise
            raise AwayError from None
        except OSError as error:
            if error.errno is not None:
                raise
            log.error("the bucket is away", exc_info=error)
            raise AwayError from None

    def _stands(self) -> bool:
        """Whether there is such a bucket at all: without it every file reads as not there."""
        with self._reached():
            return bool(self._fs.get_file_info(self.at.bucket).type != fs.FileType.NotFound)

    def put(self, name: str, made: Path) -> None:
        # Cut off midway it is closed as it is: nobody names it yet, and what is cut off does not open.
        with made.open("rb") as plain, self._reached(), self._fs.open_output_stream(self._key(name)) as out:
            seal(name, plain, out)
        made.unlink()
        (self.cache / name).unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        held = self.cache / name
        if held.is_file():
            os.utime(held)
            return held
        held.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = held.with_name(f".{uuid4().hex}")
        try:
            self._fetch(name, half)
            os.replace(half, held)
        finally:
            half.unlink(missing_ok=True)
        self.tidy()
        return held

    @contextmanager
    def passing(self, name: str) -> Iterator[Path]:
        # What is done with the file inside is not the bucket's fault.
        with ExitStack() as stack:
            with self._reached():
                held = stack.enter_context(self._fs.open_input_stream(self._key(name)))
                path = stack.enter_context(opened(name, held, self.cache / "passing"))
            yield path

    def _fetch(self, name: str, into: Path) -> None:
        handle = os.open(into, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with (
            os.fdopen(handle, "wb") as out,
            self._reached(),
            self._fs.open_input_stream(self._key(name)) as held,
        ):
            unseal(name, held, out)

    def exists(self, name: str) -> bool:
        with self._reached():
            there = self._fs.get_file_info(self._key(name)).type == fs.FileType.File
        if not there and not self._stands():
            raise AwayError
        return bool(there)

    def names(self, folder: str) -> list[Kept]:
        below = fs.FileSelector(self._key(folder), recursive=True, allow_not_found=True)
        with self._reached():
            found = self._fs.get_file_info(below)
        if not found and not self._stands():
            raise AwayError
        start = len(self._key("")) + 1
        return [Kept(one.path[start:], one.size, one.mtime_ns / 1e9) for one in found if one.is_file]

    def remove(self, name: str) -> None:
        (self.cache / name).unlink(missing_ok=True)
        with suppress(FileNotFoundError), self._reached():
            self._fs.delete_file(self._key(name))

    def remove_folder(self, folder: str) -> None:
        for one in self.names(folder):
            self.remove(one.name)
        with suppress(FileNotFoundError), self._reached():
            self._fs.delete_dir(self._key(folder))  # the mark that the client leaves for an empty folder

    def tidy(self) -> None:
        forget(self.cache)

    def unsealed(self) -> list[str]:
        return []

    def seal_old(self) -> int:
        """Nothing was ever put here but sealed."""
        return 0
