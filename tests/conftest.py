"""The strict harness: what would be a quiet fault on a site is a loud one here.

Warnings are errors and an unknown template variable fails (pyproject.toml); rows without an order come back
reversed; nothing outside this machine can be reached; nothing of the machine's own settings is seen.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db.backends.signals import connection_created
from django.utils import translation
from django.utils.translation import gettext
from tests.cast import Cast, settle
from tests.once import own_database, packs_read_once

from yice.areas.selectors import forget_names
from yice.terms import clock
from yice.terms.messages import use_translator

# A slow machine is no failure; the cases tried are the same every time, and new ones with --thorough.
hypothesis.settings.register_profile("yice", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile(
    "thorough", deadline=None, derandomize=False, database=None, print_blob=True
)
hypothesis.settings.load_profile("yice")
THOROUGH = 20  # times as many cases

DEMO_DAY = dt.date(2020, 6, 30)
PACKS = Path(__file__).resolve().parents[1] / "packs"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # or the browser calls home at every start
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help=f"Hypothesis: {THOROUGH} times as many cases, other ones each time",
    )


def pytest_configure(config: pytest.Config) -> None:
    packs_read_once()
    if config.getoption("thorough"):
        hypothesis.settings.load_profile("thorough")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test says how many cases make sense in an ordinary run; a thorough one tries many times that."""
    function = getattr(item, "obj", None)
    if not item.config.getoption("thorough") or not hypothesis.is_hypothesis_test(function):
        return
    function = getattr(function, "__func__", function)
    if not hasattr(function, "thorough"):  # a test with parameters is collected once for each
        own = function._hypothesis_internal_use_settings
        function._hypothesis_internal_use_settings = hypothesis.settings(
            own, max_examples=own.max_examples * THOROUGH, derandomize=False
        )
        function.thorough = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the database by fixture runs again on PostgreSQL like one that asks by mark."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & {"db", "transactional_db", "live_server", "cast"} and not item.get_closest_marker(
            "django_db"
        ):
            item.add_marker(
                pytest.mark.django_db(transaction=bool(asked & {"transactional_db", "live_server"}))
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test's transaction keeps the staging files of its imports attached: let them go once it is rolled back."""
    yield
    if "django_db_setup" in getattr(item, "fixturenames", ()):
        from yice.exchange.imports.staging.sqlite import let_go

        let_go()


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """Refuse connections to anything but the loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise RuntimeError(f"A test tried to reach {host}: nothing is fetched at run time.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def _unordered_rows_come_reversed() -> Iterator[None]:
    """SQLite gives rows back in insertion order by luck; here a query without an order loses that luck."""

    def reverse(connection: Any, **_: Any) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA reverse_unordered_selects = ON")

    connection_created.connect(reverse)
    yield
    connection_created.disconnect(reverse)


@pytest.fixture(scope="session")
def django_db_setup(
    tmp_path_factory: pytest.TempPathFactory, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """In the place of pytest-django's own, which migrates a database in every process."""
    with django_db_blocker.unblock():
        drop = own_database(tmp_path_factory)
    yield
    with django_db_blocker.unblock():
        drop()


@pytest.fixture(autouse=True, scope="session")
def _packs_are_read_once() -> Iterator[None]:
    """The project's packs do not change while the tests run, and half of every test that screens would be reading one.

    A pack that a test wrote for itself, or one with other settings, is read anew.
    """
    from yice.policy import archive

    def once(read: Callable[..., Any]) -> Callable[..., Any]:
        kept: dict[Path, Any] = {}

        def reading(path: Path, *rest: Any, **more: Any) -> Any:
            place = Path(path).resolve()
            if place.parent != PACKS or more.get("overrides"):
                return read(path, *rest, **more)
            if place not in kept:
                kept[place] = read(path, *rest, **more)
            return kept[place]

        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "read", once(archive.read))
        yield


@pytest.fixture(autouse=True)
def _the_demo_day() -> Iterator[None]:
    """Every test lives on one day, so that no test depends on the day it runs."""
    with clock.on(DEMO_DAY):
        yield


@pytest.fixture(autouse=True)
def _no_names_from_another_test() -> None:
    forget_names()


@pytest.fixture(autouse=True)
def _no_head_or_anchor_of_another_tests_record() -> Iterator[None]:
    """What a test that commits noted outside its database is not missed in the next one's."""
    yield
    from yice.audit import heads

    heads.begin_anew()
    shutil.rmtree(heads.folder(), ignore_errors=True)
    Path(settings.YICE_ANCHORS).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _every_test_reads_chinese() -> None:
    """A command or a page of another test may have asked for English."""
    translation.activate("zh-hans")
    use_translator(gettext)


@pytest.fixture(autouse=True)
def _no_heartbeat_within_a_transaction(request: pytest.FixtureRequest) -> Iterator[None]:
    """A heartbeat has a connection of its own: what a test wrote in an open transaction is not there for it, and a
    slow machine's job would be given up as lost."""
    mark = request.node.get_closest_marker("django_db")
    committed = {"transactional_db", "live_server"} & set(request.fixturenames)
    if mark is None or mark.kwargs.get("transaction") or committed:
        yield
        return
    from yice.jobs.work import Heartbeat

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Heartbeat, "run", lambda self: None)
        yield


@pytest.fixture
def clock_at() -> Iterator[Callable[[dt.date | str], None]]:
    """Move today: `clock_at("2020-07-01")`. Put back after the test."""
    before = clock.today()

    def move(day: dt.date | str) -> None:
        clock.set_day(dt.date.fromisoformat(day) if isinstance(day, str) else day)

    yield move
    clock.set_day(before)


@pytest.fixture
def cast(db: None) -> Cast:
    """The places and the people who work there: see tests/cast.py."""
    return settle()


@pytest.fixture
def live_cast(transactional_db: None) -> Cast:
    """The same cast for tests with a running server or other processes: really committed."""
    return settle()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Addresses come from `live_server`; pytest-playwright's own fixture of this name warns on pytest 9.2."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, told to talk to nobody; Playwright's own download is not used."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail("Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)")
    # Playwright keeps an event loop in this thread; Django would refuse the database calls beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
