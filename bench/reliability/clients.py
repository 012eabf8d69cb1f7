"""Writers as browsers are: a session, a form with its key, and patience. They outlive everything that is killed."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode

CSRF = "a" * 32
SIGHT = "/needs/"


@dataclass
class Told:
    """What the writers were told. `acknowledged`: key → the address of the need it became."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    again: int = 0  # keys sent again though they had been acknowledged
    gone: int = 0  # requests whose sender hung up before the answer
    cut: int = 0  # requests that got no answer
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Writers:
    """`count` threads that write until `stop`; `ports` are the nodes'."""

    def __init__(
        self, *, ports: list[int], sessions: list[str], people: list[str], kinds: list[str], count: int
    ) -> None:
        self.ports, self.sessions, self.people, self.kinds = ports, sessions, people, kinds
        self.told, self.over = Told(), threading.Event()
        self.away = threading.Event()  # set while the database certainly does not answer
        self.threads = [
            threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(count)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> Told:
        """Everybody gets the answer they wait for, then goes home."""
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        return self.told

    def _write(self, number: int) -> None:
        rng = random.Random(number)  # noqa: S311 - no secret
        cookies = {"sessionid": self.sessions[number % len(self.sessions)], "csrftoken": CSRF}
        key, form = "", ("", "")
        while not (self.over.is_set() and not key):
            if not key:
                key, form = uuid.uuid4().hex, (rng.choice(self.people), rng.choice(self.kinds))
                with self.told.lock:
                    self.told.asked.add(key)
            impatient = rng.random() < 0.05 and not self.over.is_set()
            place = self._post(rng.choice(self.ports), cookies, form, key, impatient=impatient)
            if place is None:
                time.sleep(0.05)
                continue  # the same key again, to either node
            with self.told.lock:
                self.told.acknowledged[key] = place
            if rng.random() < 0.1:  # a page sent twice
                twice = self._post(rng.choice(self.ports), cookies, form, key, impatient=False)
                with self.told.lock:
                    self.told.again += twice is not None
                    if twice not in (None, place):
                        self.told.wrong.append("a key sent again was given another need")
            key = ""

    def _post(
        self, port: int, cookies: dict[str, str], form: tuple[str, str], key: str, *, impatient: bool
    ) -> str | None:
        """The address of the need, or None where no acknowledgement was read."""
        person, kind = form
        body = urlencode(
            {"key": key, "kind": kind, "channel": "visit", "said": "x", "csrfmiddlewaretoken": CSRF}
        )
        head = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        away = self.away.is_set()
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            line.request("POST", f"/person/{person}/need/", body, head)
            if impatient:
                self.told.gone += 1
                return None
            answer = line.getresponse()
            answer.read()
            # A browser keeps them: one says that somebody is still here, and the sign-in holds.
            for given in answer.headers.get_all("Set-Cookie") or ():
                cookies |= {name: one.value for name, one in SimpleCookie(given).items()}
        except (OSError, HTTPException):
            self.told.cut += 1
            return None
        finally:
            line.close()
        with self.told.lock:
            self.told.statuses[answer.status] += 1
            place = answer.headers.get("Location", "")
            if answer.status == 302 and place.startswith(SIGHT):
                if away and self.away.is_set():
                    self.told.wrong.append("acknowledged while the database was away")
                return place
            if answer.status != 503:
                self.told.wrong.append(f"answered {answer.status} {place}")
            elif not answer.headers.get("Retry-After"):
                self.told.wrong.append("503 without Retry-After")
        return None
