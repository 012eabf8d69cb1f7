"""A line between browser and site that can be cut or go silent: no page, no worker and no second tab gets through."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any


class Line:
    """Listens on a port of its own and hands everything on to the site."""

    def __init__(self, site: str) -> None:
        host, port = site.removeprefix("http://").split(":")
        self._site = (host, int(port))
        self._ends: set[socket.socket] = set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self._listen, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        for end in (self._door, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def silence(self) -> None:
        """The weakest of signals: every connection stands, and nothing comes through it."""
        self.cut()
        self._door = socket.create_server(("127.0.0.1", self.port), reuse_port=True)

    def _listen(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _from = door.accept()
                far = socket.create_connection(self._site)
                self._ends |= {near, far}
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_hand_on, args=ends, daemon=True).start()


def _hand_on(here: socket.socket, there: socket.socket) -> Any:
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
    for end in (here, there):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
