"""Keep one ask a person, set-based; its version grows only where its questions changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from yice.loop.identify.models import Ask, Person
from yice.loop.identify.services import staging
from yice.loop.identify.services.asks import Wanted
from yice.loop.identify.services.scope import Scope, reroute
from yice.terms import clock

_A, _P, _S = Ask._meta.db_table, Person._meta.db_table, staging.ASKS


def write_asks(asks: Mapping[int, Wanted], scope: Scope, *, ended: bool) -> None:
    """Write what is wanted of each person in scope; an ask that nothing is wanted of any more rests."""
    staging.fill(
        _S,
        (
            (
                person,
                json.dumps(ask.questions),
                json.dumps(ask.from_lists),
                ask.weight,
                bool(ask.questions),
                uuid.uuid4().hex,
            )
            for person, ask in asks.items()
        ),
    )
    reroute(_A, scope)
    today, date = clock.today(), staging.date()
    staging.run(
        f"UPDATE {_A} AS a SET questions = s.questions, from_lists = s.from_lists, weight = s.weight,"  # noqa: S608
        f" open = s.open, opened_on = CASE WHEN s.open AND NOT a.open THEN {date} ELSE a.opened_on END,"
        f" version = a.version + 1 FROM {_S} s WHERE a.person_id = s.person_id"
        " AND (a.questions <> s.questions OR a.from_lists <> s.from_lists OR a.open <> s.open)",
        [today],
    )
    if not ended:
        staging.run(
            f"INSERT INTO {_A} (uuid, person_id, questions, from_lists, weight, open, hukou, residence, opened_on,"  # noqa: S608
            " version) SELECT s.uuid, s.person_id, s.questions, s.from_lists, s.weight, s.open, p.hukou, p.residence,"
            f" {date}, 0 FROM {_S} s JOIN {_P} p ON p.id = s.person_id"
            f" WHERE NOT EXISTS (SELECT 1 FROM {_A} a WHERE a.person_id = s.person_id) ON CONFLICT DO NOTHING",
            [today],
        )
    staging.run(
        f"UPDATE {_A} AS a SET questions = '[]', from_lists = '[]', weight = 0, open = %s,"  # noqa: S608
        f" version = a.version + 1 WHERE {scope.of('a')} AND (a.open OR a.from_lists <> '[]')"
        f" AND NOT EXISTS (SELECT 1 FROM {_S} s WHERE s.person_id = a.person_id)",
        [False, *scope.params],
    )
