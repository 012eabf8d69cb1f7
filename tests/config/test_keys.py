"""A new seal key while people work: everything opens before, meanwhile and after; SM4 and SM3 where a site asks."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models.expressions import Col
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import COUNTY, VILLAGE, Cast
from tests.exchange import import_cast
from tests.web.village import Village, settle

from yice.accounts.models import Factor, User
from yice.accounts.services import install
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.audit.verifying import verify
from yice.config import keys, sealed
from yice.config.cli import run
from yice.config.doctor import database as doctor
from yice.config.environment import index_keys, seal_keys
from yice.exchange.imports import working
from yice.exchange.imports.staging import open_store
from yice.exchange.imports.steps import Alone
from yice.identifiers import sealing
from yice.loop.deliver.models import Notice
from yice.loop.identify import indexing
from yice.loop.identify.models import Objection, Person, Reply, ReplyChange, ReplyDispute
from yice.loop.identify.rounds import texts as rounds
from yice.loop.identify.rounds.kept import open_text
from yice.loop.identify.rounds.opening import open_round
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import decide_dispute, save_reply
from yice.loop.identify.rounds.texts import HISTORY
from yice.loop.identify.selectors.rounds import sheet
from yice.loop.identify.selectors.search import search
from yice.loop.identify.services.unmasking import unmask
from yice.terms import clock

SM4, SM3 = b"4" * 16, b"3" * 64


@settings(max_examples=30)
@given(value=st.text(min_size=1), field=st.text(min_size=1, max_size=9))
def test_sm4_seals_and_opens_and_no_value_is_moved_or_changed(value: str, field: str) -> None:
    sealing.use_keys(seal={1: b"a" * 32, 2: SM4}, index=SM3, row=b"r")
    made = sealing.seal(field, value)
    assert made is not None and made[0] == 2 and sealing.open_sealed(field, made) == value
    for wrong in (made[:-1] + bytes([made[-1] ^ 1]), made[:1] + bytes(12) + made[13:]):
        with pytest.raises(InvalidTag):
            sealing.open_sealed(field, wrong)
    with pytest.raises(InvalidTag):
        sealing.open_sealed(field + "x", made)
    assert sealing.index_all(field, [value, None]) == [sealing.index(field, value), None]


def test_the_standards_own_examples_hold() -> None:
    """SM4-GCM of RFC 8998, appendix A.1; HMAC-SM3 differs from HMAC-SHA256 and is as long."""
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    made = sealing.SM4GCM(key).encrypt(nonce, plain, aad)
    assert (
        made[:16].hex() == "17f399f08c67d5ee19d0dc9969c4bb7d"
        and made[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"
    )
    sealing.use_keys(seal={1: SM4}, index=SM3, row=b"r")
    sm3 = sealing.index("id", "x")
    sealing.use_keys(seal={1: SM4}, index=b"i" * 32, row=b"r")
    assert sm3 is not None and len(sm3) == 16 and sm3 != sealing.index("id", "x")


@pytest.fixture
def village(cast: Any) -> Village:
    return settle(cast)


def test_a_key_is_changed_while_another_process_works(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {person.pk: person.id_number for person in Person.objects.all()}
    Factor.objects.create(
        user=village.cast.he,
        kind="totp",
        name="x",
        secret=sealing.seal("totp", "S"),
        added_at="2020-06-30T00:00Z",
    )
    monkeypatch.setattr(keys, "SEAL_SIZE", 16)
    monkeypatch.setattr(sealed, "BATCH", 2)
    old = dict(sealing.keys_given())
    before = sum(sealed.by_version().values())
    assert run(["keys", "rotate"]) == 0
    assert sealed.by_version() == {2: before} and len(seal_keys()[2]) == 16
    assert {person.pk: person.id_number for person in Person.objects.all()} == numbers
    assert sealing.open_sealed("totp", Factor.objects.get().secret) == "S"
    assert Event.objects.get(code="keys.rotated").values["count"] == before
    # A process that started before reads what the new key sealed, and what it sealed meanwhile is taken up later.
    sealing.use_keys(**old, newer=seal_keys)
    Person.objects.update(phone_sealed=sealing.seal("phone", "13800000000"))
    first = Person.objects.order_by("pk").first()
    assert first is not None and first.id_number == numbers[first.pk]
    assert run(["keys", "rotate"]) == 0
    assert set(sealed.by_version()) == {2} and not (keys.var_dir() / "keys/seal.3.key").exists()
    assert first.phone == "13800000000"
    assert keys.seal_versions(keys.current()) == seal_keys()
    assert run(["keys", "status"]) == 0


def test_free_text_lies_sealed_and_what_an_older_release_wrote_is_read_and_sealed_later(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain beside sealed; found by whether something stands there, never by what; a rotation seals the rest."""
    lin, wrote = (
        Person.objects.order_by("pk")[0],
        {"at": clock.now(), "by": village.cast.he, "due_on": clock.today()},
    )
    for number, note in enumerate(("", "吃氯氮平", "sealed:吃氯氮平")):
        Objection.objects.create(
            person=lin, purpose="benefits", said="不同意", note=note, key=str(number), **wrote
        )
    notes = Objection.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes.all()) == ["", "吃氯氮平", "sealed:吃氯氮平"] and notes.exclude(note="").count() == 2
    for asked in ({"note": "吃氯氮平"}, {"note__contains": "氯"}):
        with pytest.raises(FieldError):
            Objection.objects.filter(**asked).exists()
    table = Objection._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT note, said FROM {table}")  # noqa: S608 - the name is the model's own
        kept = cursor.fetchall()
        assert "氯" not in str(kept) and "不同意" not in str(kept) and sealed.plain_texts() == 0
        cursor.execute(f"UPDATE {table} SET note = '吃氯氮平' WHERE key = '2'")  # noqa: S608 - as above
    assert list(notes.all()) == ["", "吃氯氮平", "吃氯氮平"] and sealed.plain_texts() == 1
    assert [one.check for one in doctor.sealed()] == ["sealed", "sealed"]
    monkeypatch.setattr(sealed, "BATCH", 2)
    assert run(["keys", "rotate"]) == 0
    assert list(notes.all()) == ["", "吃氯氮平", "吃氯氮平"] and sealed.plain_texts() == 0
    assert set(sealed.by_version()) == {2}


def test_an_index_key_is_laid_over_the_old_one_while_people_search_and_import(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(demo=True)
    everybody = import_cast.everybody()
    import_cast.bring_in(cast.he, tmp_path, everybody)
    numbers = [str(row["id_number"]) for row in everybody]
    waiting = import_cast.stage(cast.he, tmp_path, [*everybody, *import_cast.strangers(2)])

    def found() -> list[bool]:
        looked = [*numbers, import_cast.lin()["phone"], import_cast.zhou()["certificate_number"]]
        return [len(search(cast.he, str(one)).hits) > 0 for one in looked]

    class Stopped(Exception):
        pass

    def stop(column: str, done: int) -> None:
        if (column, done) == ("identify.Person.id_index", 2):
            raise Stopped

    assert all(found())
    before = sum(indexing.by_version().values())
    monkeypatch.setattr(keys, "INDEX_SIZE", 64)  # the new one is for SM3
    monkeypatch.setattr(indexing, "BATCH", 2)
    keys.add_key("INDEX")  # in another process: this one learns of it by itself
    with pytest.raises(Stopped):
        indexing.mark_anew(stop)
    assert indexing.by_version() == {1: before - 2, 2: 2}
    assert all(found())
    assert run(["keys", "rotate-index"]) == 0
    assert indexing.by_version() == {1: 0, 2: before} and len(index_keys()) == 2
    assert Event.objects.get(code="keys.index_rotated").values["count"] == before - 2
    assert all(found())
    # What was staged by the old key is no preview any more: a commit reads the upload again.
    assert not open_store(waiting.uuid).exists()
    again = import_cast.stage(cast.he, tmp_path, [*everybody, *import_cast.strangers(2)])
    assert (again.counts["added"], again.counts["unchanged"]) == (2, len(everybody))
    working.commit_batch(again, Alone(), actor=cast.he)
    assert Person.objects.count() == len(everybody) + 2
    # A mark that a process made meanwhile by the old key is found, too, and no import joins past it.
    lin = Person.objects.get(name="林小禾")
    Person.objects.filter(pk=lin.pk).update(id_index=sealing.first_mark("id_number", import_cast.LIN))
    assert all(found())
    monkeypatch.setattr(indexing, "_settled", ())
    assert import_cast.stage(cast.he, tmp_path, everybody).counts["added"] == 0
    assert keys.index_versions(keys.current()) == index_keys() and run(["keys", "status"]) == 0


def test_every_mark_is_known_to_the_rotation() -> None:
    from django.apps import apps
    from django.db.models import BinaryField

    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.max_length == sealing.INDEX and field.name != "digest"
    }
    assert there == set(indexing.COLUMNS)


def test_every_sealed_column_is_known_to_the_rotation() -> None:
    from django.apps import apps
    from django.db.models import BinaryField

    known = {(model, column) for model, column, _name in sealed.KINDS}
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.name.endswith("sealed")
    }
    assert there - known == {("identify.ExternalId", "value_sealed")}  # nothing writes it yet


@pytest.mark.parametrize("answer", ["6", "visit", 4, 0.5, True, None, "", [], ["1", "2"], {"year": "2020"}])
def test_an_answer_that_is_not_sealed_passes_a_rotation_as_it_is(answer: object) -> None:
    """The history of a round's form keeps a value by itself: `"6"`, not `{"code": "6"}`."""
    assert sealed._anew("round", answer) is answer


def test_a_key_that_comes_while_a_register_is_read_makes_nobody_new(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(demo=True)
    import_cast.bring_in(cast.he, tmp_path, import_cast.everybody())
    real = working.read_delivery

    def read(*given: Any) -> Any:
        if len(index_keys()) == 1:
            keys.add_key("INDEX")
        return real(*given)

    monkeypatch.setattr(working, "read_delivery", read)
    again = import_cast.stage(cast.he, tmp_path, [*import_cast.everybody(), *import_cast.strangers(1)])
    assert (again.counts["added"], again.counts["unchanged"]) == (1, len(import_cast.everybody()))


FEATURES = {"G6d": "左腿戴假肢", "G19": "会拉二胡", "note": "家里有人照看"}


def test_words_of_a_round_lie_sealed_and_older_ones_are_read_and_sealed_later(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the form, its history and what two wrote differently; as the release before left them, and after a rotation."""
    cast, opens = village.cast, clock.today()
    opened = open_round(
        actor=cast.he, title="动态更新", area=COUNTY, questionnaire="dynamic_1_2018_g", opens_on=opens,
        closes_on=opens + dt.timedelta(days=60), key="round",
    )  # fmt: skip
    reply = Reply.objects.filter(round=opened, village=VILLAGE).select_related("round__pack", "person")[0]

    def say(actor: User, version: int, key: str, **values: str) -> Reply:
        typed = Typed({"status": "6", **values})
        return save_reply(
            actor=actor, reply=reply, version=version, typed=typed, key=key, hand_in=False
        ).reply

    said = {name: one for name, one in FEATURES.items() if name != "G6d"}
    reply = say(cast.chen, 0, "one", **said)
    say(cast.liang, 0, "two", G19="会唱戏", note="无人照看")
    words = [*said.values(), "会唱戏", "无人照看"]

    def kept() -> str:
        found = ""
        for model in (Reply, ReplyChange, ReplyDispute):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608 - the name is the model's own
                found += str(cursor.fetchall())
        return re.sub(r"\\+u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), found)  # as SQLite holds JSON

    def read() -> tuple[list[str], list[tuple[str, str]]]:
        shown = sheet(cast.chen, Reply.objects.select_related("round__pack", "person").get(pk=reply.pk))
        told = [one.value for _title, rows in shown.recorded for one in rows if one.item == "G19"]
        return [*told, shown.reply.note], sorted((one.now, one.mine) for one in shown.disputes)

    expected = (["会拉二胡", "家里有人照看"], [("会拉二胡", "会唱戏"), ("家里有人照看", "无人照看")])
    assert read() == expected
    assert [one for one in words if one in kept()] == [] and sealed.plain_texts() == 0
    # As the release before wrote it.
    row = Reply.objects.get(pk=reply.pk)
    row.answers = {name: open_text(value) for name, value in row.answers.items()}
    row.save()
    for model, columns in HISTORY:
        for one in model._default_manager.all():
            for column in columns:
                setattr(one, column, open_text(getattr(one, column)))
            one.save()
    assert "会唱戏" in kept() and read() == expected
    assert sealed.plain_texts() == 1 + 2 + 2 and [one.check for one in doctor.sealed()] == [
        "sealed",
        "sealed",
    ]
    monkeypatch.setattr(rounds, "BATCH", 1)
    assert run(["keys", "rotate"]) == 0
    assert [one for one in words if one in kept()] == [] and sealed.plain_texts() == 0
    assert read() == expected and set(sealed.by_version()) == {2}
    dispute = ReplyDispute.objects.select_related("reply").get(item="note")
    assert decide_dispute(actor=cast.chen, dispute=dispute, keep="mine").note == "无人照看"
    assert [one for one in words if one in kept()] == []


def test_a_reason_in_the_record_lies_sealed_and_the_chain_holds(village: Village) -> None:
    lin, why = Person.objects.order_by("pk")[0], "家属来电说他吃氯氮平"
    unmask(actor=village.cast.liang, person=lin, field="phone", reason=why)
    event = Event.objects.get(code="person.unmasked")
    assert why not in str(event.values) and str(sentence(event)).endswith(why) and verify() == []
    assert run(["keys", "rotate"]) == 0  # it stays under the key that sealed it, which stays
    event.refresh_from_db()
    assert str(sentence(event)).endswith(why) and verify() == []
    event.values = {**event.values, "reason": {"sealed": "AQ" + "A" * 60}}
    assert str(sentence(event)).endswith("—")


def test_a_notice_lies_sealed_and_an_older_one_is_read(village: Village) -> None:
    content = {"why_in_words": "查到他吃氯氮平", "service": {"zh": "补贴", "en": "subsidy"}}
    field = Notice._meta.get_field("content")
    laid = field.get_db_prep_save(content, connection)
    assert "氯" not in str(laid).encode().decode("unicode_escape", "ignore") and "subsidy" not in str(laid)
    for raw in (json.dumps(field.seal(content)), json.dumps(content)):
        assert field.from_db_value(raw, Col(Notice._meta.db_table, field), connection) == content
