"""What comes in from outside is shown to a virus scanner before anything reads it: clamd, over its own small protocol.

`YICE_SCANNER` names it: `unix:/run/clamav/clamd.ctl`, or `tcp://127.0.0.1:3310` (clamd knows no TLS, so no other
machine). Where one is named and does not answer, nothing is taken: a site that asked for a look does without none.
The libraries for it on PyPI have not been kept since 2014; the protocol is what stands in `ask`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.dispatch import Signal

from yice.terms.errors import Problem
from yice.terms.messages import Message

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANSWER = 60  # seconds: a large workbook is unpacked and looked through
PIECE = 1 << 20
FOUND, CLEAN = " FOUND", "stream: OK"
# What every scanner must know: harmless, and agreed on for trying (EICAR). Two halves, so that none finds it here.
KNOWN = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
looked = Signal()  # outcome: clean, infected or away


def address_of(said: str) -> str | tuple[str, int] | None:
    """A socket's path, a host and port, or None where nothing is said; ValueError where it is written otherwise."""
    if not said:
        return None
    if said.startswith("unix:/"):
        return said.removeprefix("unix:")
    parts = urlsplit(said)
    if parts.scheme != "tcp" or parts.hostname not in LOOPBACK or not parts.port or parts.path:
        raise ValueError
    return parts.hostname, parts.port


def require_clean(pieces: Iterable[bytes]) -> None:
    """Problem "file-infected" or "scanner-away"; nothing where no scanner is named."""
    if not settings.YICE_SCANNER:
        return
    try:
        said = ask(pieces)
    except OSError:
        said = ""
    if said.endswith(FOUND):
        looked.send(None, outcome="infected")
        raise Problem(
            "file-infected",
            Message("这份文件里查出病毒，没有收下。"),
            fix=Message("请用本机的杀毒软件查一遍，换一份干净的再传；不要把它转给别人。"),
        )
    if said != CLEAN:
        looked.send(None, outcome="away")
        raise Problem(
            "scanner-away",
            Message("查病毒的程序没有应答，文件没有收下，别的也没有保存。"),
            fix=Message("请稍后再传一次；一直这样，请告诉系统管理员（yice doctor 会说明原因）。"),
        )
    looked.send(None, outcome="clean")


def ask(pieces: Iterable[bytes]) -> str:
    """What clamd says of a stream; OSError where it cannot be asked or breaks off."""
    address: Any = address_of(settings.YICE_SCANNER)
    with _connected(address) as held:
        held.sendall(b"zINSTREAM\0")
        for piece in pieces:
            for at in range(0, len(piece), PIECE):
                part = piece[at : at + PIECE]
                held.sendall(len(part).to_bytes(4) + part)
        held.sendall(bytes(4))
        said = b""
        while not said.endswith(b"\0") and (more := held.recv(4096)):
            said += more
    return said.rstrip(b"\0").decode("utf-8", "replace")


def _connected(address: Any) -> socket.socket:
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=ANSWER)
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(ANSWER)
    try:
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made
