"""Attacks on a running site of people who do not exist, on this machine alone: `python -m bench.attack [--sqlmap]`.

Without `--site` it fills a demo in a folder of its own and serves it. Then, as every account of the demo:
a crawler follows every link and fetches every page it leads to: none may end in a fault (5xx), none may lead nowhere
(404) or to a door that stays shut (403), and none may name a person, or offer a place, out of the reader's reach.
`--sqlmap` lets sqlmap try every parameter that the crawl has met, within a bounded time (`make attack` brings it
along in an environment of its own; it is GPL, and only run).

`--api SECONDS`: schemathesis sends the API, as two of them, whatever its description allows and does not, along its links:
none may end in a fault, and every answer is one that is described. Everything goes to 127.0.0.1 and stops by itself.
"""

from __future__ import annotations

import argparse
import html
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SQLMAP = ROOT / ".venv-attack/bin/sqlmap"
HOW = [
    "--batch",
    "--level",
    "1",
    "--risk",
    "1",
    "--technique",
    "BEU",
    "--disable-coloring",
    "--flush-session",
]
HOW += ["--skip-waf", "--timeout", "20", "--retries", "0"]
SCHEMATHESIS = Path(sys.executable).with_name("st")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "unsupported_method"  # without a token one soon asks too often: that nobody is answered is tests/api's
)
CALLERS = ("he", "liang")
DOOR = "/sign-in/"  # the one form that anybody may send
PAGES = 400  # a reader follows at most so many addresses
ALIKE = 6  # and so many that differ only in keys or values
KEYS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d+")
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: where it leads is judged, too."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies."""

    base: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _Stay)

    def get(self, href: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the text."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(  # noqa: S310 - this machine alone
            self.base + href, data, {"Referer": self.base + href, "Accept-Language": "zh-CN"}
        )
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.status, "", answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", ""), error.read().decode("utf-8", "replace")

    def sign_in(self, username: str, password: str) -> None:
        token = TOKEN.search(self.get("/sign-in/")[2])
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        status, _to, _text = self.get("/sign-in/", form)
        if status != 302:
            raise SystemExit(f"{username} cannot sign in: {status}")

    def header(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.cookies)


@dataclass
class Walk:
    """What one reader met."""

    seen: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # addresses with parameters, one of each shape


def crawl(visitor: Visitor, hidden: list[str]) -> Walk:
    walk, shapes = Walk(), Counter[str]()
    waiting = [("/", "")]
    while waiting and len(walk.seen) < PAGES:
        href, origin = waiting.pop(0)
        shape = re.sub(r"=[^&]*", "=", KEYS.sub("…", href))
        if href in walk.seen or shapes[shape] >= ALIKE or href.startswith("/sign-out"):
            continue
        shapes[shape] += 1
        status, to, text = visitor.get(href)
        walk.seen[href] = status
        if status >= 400:
            walk.faults.append((href, f"{status}, linked from {origin}"))
        if status < 400 and "?" in href and shapes[shape] == 1:
            walk.asked.add(href)
        walk.faults += [(href, "names somebody out of reach") for one in hidden if one in text][:1]
        for found in [to, *map(html.unescape, LINK.findall(text))]:
            link = urllib.parse.urljoin(href, found)
            chosen = re.search(r"[?&](?:language|display)=", link) and origin  # one such link is enough
            if link.startswith("/") and not link.startswith("//") and not chosen:
                waiting.append((link, href))
    return walk


def accounts_and_hidden() -> dict[str, list[str]]:
    """Sign-in name → names of persons out of reach that nobody within reach bears. Reads the demo's database."""
    import django

    django.setup()
    from yice.accounts import access
    from yice.accounts.demo import CAST
    from yice.accounts.enums import Action
    from yice.accounts.models import User
    from yice.loop.identify.models import Person

    found = {}
    every = set(Person.objects.values_list("name", flat=True))
    for user in User.objects.filter(username__in=CAST):
        mine = access.scope(user, Action.PERSON_READ, Person.objects.all())
        hidden = every - set(mine.values_list("name", flat=True))
        found[user.username] = sorted(
            name for name in hidden if len(name) > 2
        )  # two signs stand in many a word
    return found


def inject(site: str, visitor: Visitor, targets: list[str], seconds: int) -> list[str]:
    """What sqlmap says it can inject into; each target within `seconds`."""
    broken = []
    for href in targets:
        with tempfile.TemporaryDirectory() as out:
            command = [
                str(SQLMAP),
                "-u",
                site + href,
                "--cookie",
                visitor.header(),
                *HOW,
                "--output-dir",
                out,
            ]
            if href == DOOR:
                command += [
                    "--data",
                    "username=nobody&password=x&csrfmiddlewaretoken=x",
                    "-p",
                    "username,password",
                ]
                command += ["--csrf-token", "csrfmiddlewaretoken", "--csrf-url", site + href]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
                said = done.stdout
            except subprocess.TimeoutExpired as late:
                said = (late.stdout or b"").decode("utf-8", "replace") + "\n(stopped by the clock)"
        hit = re.search(r"identified the following injection point|is vulnerable", said)
        sound = "do not appear to be injectable" in said
        late_too = "stopped by the clock" in said and "testing" in said
        verdict = "INJECTED" if hit else "held" if sound else "held so far" if late_too else "UNTRIED"
        print(f"  {verdict:<11} {href}", flush=True)
        broken += [href] * (verdict in ("INJECTED", "UNTRIED"))
    return broken


def describe(site: str, username: str, seconds: int) -> bool:
    """Whether schemathesis found nothing at the API as `username`, within `seconds`."""
    from yice.accounts.models import User
    from yice.accounts.tokens import make_token, offered

    user = User.objects.get(username=username)
    token = make_token(actor=user, name="schemathesis", actions=[one.value for one in offered(user)])[1]
    command = [
        str(SCHEMATHESIS),
        "run",
        f"{site}/api/v1/openapi.json",
        "-H",
        f"Authorization: Bearer {token}",
    ]
    command += ["--checks", CHECKS, "--max-time", str(seconds), "--continue-on-failure", "--no-color"]
    command += ["--warnings", "off", "--suppress-health-check", "all", "--generation-database", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    cases = re.search(r"Test cases:\s*(.*(?:\n\s+.*)*?)\n\s*\n", done.stdout)
    print(f"schemathesis as {username}: {' '.join(cases[1].split()) if cases else 'did not run'}")
    if done.returncode:
        print(done.stdout[-6000:] + done.stderr[-2000:])
    return not done.returncode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(folder: Path, people: int | None) -> tuple[subprocess.Popen[bytes], str]:
    """A demo of its own, served on a free port."""
    os.environ.update(YICE_VAR=str(folder), YICE_DEMO="1", YICE_TODAY="2020-06-30")
    os.environ.update(YICE_API_RATE="1000000", YICE_PAGE_RATE="1000000")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yice.config.settings")
    yice, port = [sys.executable, "-m", "yice.config.cli"], free_port()
    if people:
        fill = [*yice, "demo", "--people", str(people), "--only-fill"]
        subprocess.run(fill, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([*yice, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if Visitor(base).get("/readyz")[0] == 200:
                return process, base
        except OSError:
            pass
        time.sleep(0.2)
    process.terminate()
    raise SystemExit("the demo did not begin")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path, help="a demo's folder that is there already")
    asked.add_argument("--people", type=int, default=300)
    asked.add_argument("--sqlmap", action="store_true")
    asked.add_argument("--seconds", type=int, default=90, help="for each address that sqlmap tries")
    asked.add_argument("--api", type=int, default=120, help="seconds for schemathesis as each caller; 0: not")
    asked.add_argument("--targets", type=int, default=25, help="how many of them")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        process, base = serve(said.folder or Path(temporary), None if said.folder else said.people)
        try:
            return attack(base, said)
        finally:
            process.terminate()
            process.wait(30)


def attack(base: str, said: argparse.Namespace) -> int:
    readers = accounts_and_hidden()
    from yice.accounts.demo import PASS_PHRASE  # needs Django

    wrong, targets = 0, dict[str, Visitor]()
    for username, hidden in readers.items():
        visitor = Visitor(base)
        visitor.sign_in(username, PASS_PHRASE)
        walk = crawl(visitor, hidden)
        wrong += len(walk.faults)
        count = Counter(walk.seen.values())
        print(
            f"{username:<8} {len(walk.seen)} addresses {dict(sorted(count.items()))}, {len(hidden)} names must not show"
        )
        for href, what in walk.faults[:20]:
            print(f"  FAULT {KEYS.sub('…', href)}: {what}")
        worth = [href for href in walk.asked if not re.search(r"[?&](?:language|display|next)=", href)]
        targets |= {href: visitor for href in sorted(worth) if href not in targets}
    if said.api:
        wrong += sum(not describe(base, username, said.api) for username in CALLERS)
    if said.sqlmap:
        if not SQLMAP.exists():
            raise SystemExit("make .venv-attack/.synced first")
        print(f"sqlmap on {min(said.targets, len(targets))} of {len(targets)} addresses with parameters")
        chosen = sorted(targets, key=lambda href: (-href.count("="), href))  # most parameters first
        # The door last: wrong passwords shut it for this address.
        for href, visitor in [
            *((href, targets[href]) for href in chosen[: said.targets]),
            (DOOR, Visitor(base)),
        ]:
            wrong += len(inject(base, visitor, [href], said.seconds))
    print("nothing found" if not wrong else f"{wrong} found")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
