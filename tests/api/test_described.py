"""The API keeps to its own description, whatever is sent; and what a list costs does not grow with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from ninja import Schema
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import factories as make
from tests.api.calling import system, token_for
from tests.web.desk_world import World

from yice.accounts import pace
from yice.api import shapes
from yice.api.v1 import cases, figures, findings, imports, jobs, me, needs, persons, rights, screen
from yice.loop.identify.enums import Channel
from yice.loop.identify.services.needs import record_need

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
QUERIES = {
    "/findings": 12, "/needs": 8, "/cases": 12, "/imports": 8, "/jobs": 8, "/lists": 16, "/packs": 8, "/me": 6, "/requests": 8,
}  # fmt: skip


def test_a_list_costs_the_same_however_long_it_is(world: World, django_assert_max_num_queries: Any) -> None:
    he = system(world.cast.he)
    for path in QUERIES:
        he.get(path)
    for number in range(12):
        person = make.person(f"某{number}", grade=1)
        record_need(
            actor=world.cast.chen, person=person, kind="care", channel=Channel.VISIT, key=f"n{number}"
        )
    for path, most in QUERIES.items():
        with django_assert_max_num_queries(most):
            assert he.get(path, **({"limit": 200} if path == "/needs" else {})).status_code == 200
    with django_assert_max_num_queries(60):
        he.get(f"/persons/{world.lin.uuid}/why")


def test_every_page_of_a_list_is_reached_once(world: World) -> None:
    for number in range(7):
        person = make.person(f"某{number}", grade=1)
        record_need(
            actor=world.cast.chen, person=person, kind="care", channel=Channel.VISIT, key=f"n{number}"
        )
    he, seen, cursor = system(world.cast.he), list[str](), ""
    while cursor is not None:
        page = he.get("/needs", limit=3, cursor=cursor).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 7
    # A cursor is its reader's own.
    first = he.get("/needs", limit=3).json()["next"]
    assert system(world.cast.liang).get("/needs", cursor=first).status_code == 422
    assert he.get("/findings", cursor=first).status_code == 422


CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


@pytest.fixture
def application() -> Iterator[Any]:
    """The site as a server calls it, on the test's own connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    site = get_wsgi_application()

    def answered(environ: Any, start_response: Any) -> list[bytes]:
        response = site(environ, start_response)
        body = b"".join(response)
        response.close()
        return [body]

    yield answered
    for signal in signals:
        signal.connect(close_old_connections)


def test_no_two_shapes_share_a_name() -> None:
    """The description knows shapes by name alone: the second of a name would speak for the first."""
    named = Counter(
        name
        for module in (cases, figures, findings, imports, jobs, me, needs, persons, rights, screen)
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, Schema) and one.__module__ == module.__name__
    )
    assert [name for name, times in named.items() if times > 1 or name in vars(shapes)] == []


@pytest.mark.filterwarnings("ignore")
def test_whatever_is_sent_the_answer_is_one_that_is_described(
    world: World, application: Any, request: Any
) -> None:
    """A short walk of schemathesis along the links of the description; `make attack` has the long one."""
    world.need, world.case, world.objection  # noqa: B018
    token = token_for(world.cast.he)
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found: dict[int, int] = {}

    class Walk(described.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            pace.forget()
            return {"headers": {"Authorization": f"Bearer {token}"}}

        def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
            found[response.status_code] = found.get(response.status_code, 0) + 1
            case.validate_response(response, checks=CHECKS)

    thorough = request.config.getoption("--thorough", False)
    Walk.run(
        settings=settings(
            max_examples=200 if thorough else 10,
            stateful_step_count=12,
            derandomize=not thorough,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    assert found.get(200, 0) > 10 and not any(status >= 500 for status in found), found
