"""Rows packed where they were prepared arrive in staging as they are, whatever stands in them, on both databases."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection

from yice.exchange.imports.chunks import Chunk
from yice.exchange.imports.packing import pack
from yice.exchange.imports.prepare_people import ordered_uuids
from yice.exchange.imports.rest import rest_texts
from yice.exchange.imports.staging import Store, open_store
from yice.exchange.imports.staging.store import rows
from yice.exchange.imports.staging.tables import TABLES
from yice.terms import clock

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = ["林小禾", "", None, '引"号', "逗,号", "\\N", "\\.", "两\n行\n\\.\n", "a\tb", "'", "\\x00", " "]
BLOBS = [b"\x00\xff", b"", None, b'",\n\\', bytes(range(256)), b"1", b"2", b"3", b"4", b"5", b"6", b"7"]


@pytest.fixture
def store() -> Iterator[Store]:
    made = open_store(uuid.uuid4())
    made.create()
    yield made
    made.drop()


def entries(**columns: Any) -> dict[str, Any]:
    """A column for each of the staging table's; those not given are null."""
    return {"row": range(1, 13), "line": range(2, 14)} | {
        name: columns.get(name, [None] * 12) for name in TABLES["entry"] if name not in ("row", "line")
    }


def test_texts_bytes_numbers_and_days_arrive_as_they_are(store: Store) -> None:
    days = ["2020-06-01", None] * 6
    amounts = pa.array([-1, None, 2**40] * 4, pa.int64())
    made = entries(name=TEXTS, area=pa.array(TEXTS), id_sealed=BLOBS, amount_fen=amounts, month=days)
    store.load_packed("entry", pack(connection.vendor, "entry", made))
    store.seal()
    store.attach()
    found = rows(store, "SELECT name, area, id_sealed, amount_fen, month FROM {s}.entry ORDER BY row")
    store.detach()
    assert [row[0] for row in found] == TEXTS
    assert [row[1] for row in found] == TEXTS
    assert [None if row[2] is None else bytes(row[2]) for row in found] == BLOBS
    assert [row[3] for row in found] == amounts.to_pylist()
    assert [str(row[4]) if row[4] else None for row in found] == days


def test_chunks_follow_one_another_and_a_row_can_be_taken_back(store: Store) -> None:
    for first in (1, 13):
        made = entries(name=TEXTS) | {"row": range(first, first + 12)}
        store.load_packed("entry", pack(connection.vendor, "entry", made))
    store.take_back("entry", [2, 13])
    store.seal()
    store.attach()
    found = [row for (row,) in rows(store, "SELECT row FROM {s}.entry ORDER BY row")]
    store.detach()
    assert found == [1, *range(3, 13), *range(14, 25)]


def test_what_a_row_says_beside_the_typed_facts_is_one_object_and_blanks_are_left_out() -> None:
    table = pa.table(
        {
            "need_device": [True, None, None],
            "since": pa.array([dt.date(2020, 6, 1), None, dt.date(2019, 1, 1)]),
            "device_kind": ['轮"椅', None, ""],
        }
    )
    found = rest_texts(Chunk(table), ["device_kind", "need_device", "since", "not_delivered"])
    assert [json.loads(text) for text in found.to_pylist()] == [
        {"device_kind": '轮"椅', "need_device": True, "since": "2020-06-01"},
        {},
        {"since": "2019-01-01"},
    ]
    assert rest_texts(Chunk(table), ["device_kind"]).to_pylist()[1:] == ["{}", "{}"]


def test_the_names_persons_go_by_are_sound_different_and_in_order() -> None:
    texts = ordered_uuids(1000).to_pylist()
    assert texts == sorted(set(texts))
    first = uuid.UUID(texts[0])
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    moment = dt.datetime.fromtimestamp((first.int >> 80) / 1000, clock.BEIJING)
    assert abs(moment - clock.now()) < dt.timedelta(days=1)
