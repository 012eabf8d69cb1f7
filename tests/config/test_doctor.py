"""`yice doctor`: each thing that can be wrong with an installation is named with what to do; a sound one passes."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from tests.cast import VILLAGE, Cast
from tests.config.site import Site

from yice.accounts.models import Installation
from yice.audit import heads
from yice.audit.heads import Noted
from yice.audit.models import Event
from yice.audit.services import record
from yice.config import serving
from yice.config.backup import last
from yice.config.cli import run
from yice.config.doctor import database, machine, site, space, work
from yice.config.doctor.finding import Finding
from yice.config.doctor.finding import run as run_checks
from yice.config.environment import secret
from yice.config.variables import faults, require_readable, variables
from yice.identifiers import sealing
from yice.jobs.models import Job, State
from yice.loop.identify.models import Person
from yice.policy.services import install
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import use_translator


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder with its keys."""
    place = tmp_path / "var"
    (place / "keys").mkdir(mode=0o700, parents=True)
    place.chmod(0o700)
    for name in ("secret", "seal", "index", "row"):
        path = place / "keys" / f"{name}.key"
        path.write_text("0" * 64)
        path.chmod(0o600)
    monkeypatch.setenv("YICE_VAR", str(place))
    return place


def said(*checks: Callable[[], Iterator[Finding]]) -> dict[str, str]:
    """The worst level each check came to."""
    found: dict[str, str] = {}
    for one in run_checks(checks):
        found[one.check] = max(found.get(one.check, ""), one.level, key=["", "ok", "warn", "fail"].index)
        if one.level != "ok":
            assert one.fix is not None, one.says
    return found


def test_a_sound_folder_and_its_keys_pass(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(machine, "LOW_DISK", 0)  # whatever room this machine has
    assert said(machine.folder, machine.key_files) == {"folder": "ok", "disk": "ok", "keys": "ok"}


def test_what_others_can_read_is_named(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "keys/seal.key").chmod(0o644)
    found = said(machine.folder, machine.key_files)
    assert (found["folder"], found["keys"]) == ("warn", "fail")


def test_a_key_past_its_time_and_a_site_run_as_root_are_told(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    assert said(machine.key_age, machine.account) == {"key-age": "ok", "account": "ok"}
    os.utime(folder / "keys/seal.key", (1, 1))
    os.utime(folder / "keys/row.key", (1, 1))  # opens nothing, and stays
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    monkeypatch.delenv("YICE_DEMO", raising=False)
    assert said(machine.key_age, machine.account) == {"key-age": "warn", "account": "fail"}
    monkeypatch.setenv("YICE_KEY_DAYS", "0")
    monkeypatch.setenv("YICE_DEMO", "1")
    assert said(machine.key_age, machine.account) == {"key-age": "ok", "account": "ok"}
    monkeypatch.delenv("YICE_KEY_DAYS")
    (folder / "keys/seal.2.key").write_text("0" * 64)  # renewed
    assert said(machine.key_age) == {"key-age": "ok"}


def test_a_lost_key_is_a_fault_and_never_made_anew(folder: Path, monkeypatch: Any) -> None:
    """Another in its place would open nothing, find nobody and take everybody for new: nothing starts."""
    monkeypatch.setenv("YICE_VAR", str(folder))
    (folder / "keys/row.key").unlink()
    (folder / "yice.sqlite3").touch()
    assert said(machine.key_files) == {"keys": "fail"}
    with pytest.raises(Problem, match=r"row\.key 不在"):
        secret("ROW")
    assert not (folder / "keys/row.key").exists()
    (folder / "keys/row.key").write_text("ab" * 11)
    with pytest.raises(Problem, match=r"row\.key 读不出来"):
        secret("ROW")
    (folder / "keys/row.key").unlink()
    monkeypatch.setenv("YICE_ROW_KEY", "ab" * 32)
    assert said(machine.key_files) == {"keys": "ok"} and secret("ROW") == bytes.fromhex("ab" * 32)
    (folder / "keys/secret.key").unlink()
    assert said(machine.key_files) == {"keys": "warn"} and len(secret("SECRET")) == 32  # signs everybody out
    for key in (folder / "keys").iterdir():
        key.unlink()
    assert said(machine.key_files) == {"keys": "warn"}
    made = secret("SEAL")  # a new site's: all that the environment does not give
    assert sorted(one.name for one in (folder / "keys").iterdir()) == ["index.key", "seal.key", "secret.key"]
    assert secret("SEAL") == made and said(machine.key_files) == {"keys": "ok"}


READABLE = {
    "YICE_SEAL_KEY": ["ab" * 32, "ab" * 16 + "," + "cd" * 16],
    "YICE_HTTPS": ["1", "off"],
    "YICE_HOSTS": ["yice.example.org,127.0.0.1,[::1]"],
    "YICE_DATABASE": ["/srv/yice.sqlite3", "postgresql://user:word@host:5432/yice"],
    "YICE_SECOND_FACTOR": ["*", "county_federation village_commissioner"],
    "YICE_STEP_UP_MINUTES": ["*=60 county_federation=15"],
    "YICE_SESSION_MINUTES": ["*=60/480 assessor=30/120"],
    "YICE_IMPORT_PAUSE_SHARE": ["0.05"],
    "YICE_TODAY": ["2020-06-30"],
    "YICE_METRICS": ["loopback", "x" * 24],
    "YICE_UPLOAD_LIMIT": ["1000", ""],
    "YICE_LOG": ["INFO"],
}
UNREADABLE = {
    "YICE_SEAL_KEY": ["not hexadecimal", "ab" * 30],
    "YICE_HTTPS": ["ture"],
    "YICE_HOSTS": ["*", "https://yice.example.org"],
    "YICE_DATABASE": ["mysql://host/yice", "postgresql://host", "postgresql://host:port/yice", "/"],
    "YICE_KEEP_ACCESS_LOGS": ["100"],
    "YICE_LEAST_SHOWN": ["1"],
    "YICE_KEEP_SNAPSHOTS": ["9999999"],
    "YICE_JOB_LEASE": ["inf", "nan"],
    "YICE_API_RATE": ["0"],
    "YICE_PAGE_RATE": ["0"],
    "YICE_WORKDAYS": ["/nowhere.csv"],
    "YICE_PACKS": ["/nowhere"],
    "YICE_ANCHORS": ["/nowhere/anchors.txt", "/"],
    "YICE_OPENID_ISSUER": ["https://office.example.org"],
    "YICE_SECOND_FACTOR": ["county_federatoin"],
    "YICE_STEP_UP_MINUTES": ["county_federatoin=15", "60"],
    "YICE_SESSION_MINUTES": ["*=61", "*=0/0", "*=60/30"],
    "YICE_IMPORT_PAUSE_SHARE": ["5"],
    "YICE_TODAY": ["30.6.2020"],
    "YICE_METRICS": ["public"],
    "YICE_UPLOAD_LIMIT": ["200 MiB", "0"],
    "YICE_LOG": ["chatty"],
    "YICE_FILES": ["s3:/bucket/site"],
    "YICE_OPENID_CLIENT": ["alone-7"],
}


def test_a_setting_that_nobody_can_read_stops_the_start_and_is_named_without_its_value() -> None:
    for name, values in READABLE.items():
        for value in values:
            with patch.dict(os.environ, {name: value}):
                assert faults() == [], (name, value)
    for name, values in UNREADABLE.items():
        for value in values:
            with patch.dict(os.environ, {name: value}), pytest.raises(Problems) as found:
                require_readable()
            assert name in str(found.value) and (len(value) < 3 or value not in str(found.value))
            with patch.dict(os.environ, {name: value}):
                assert said(machine.settings)["settings"] == "fail"


def test_a_setting_of_nothing_is_as_not_set(tmp_path: Path) -> None:
    """`NAME=` stands in many a file of settings; once it made numbers of nothing, or a site that answers to no name."""
    empty = {one.name: " " for one in variables()} | {"YICE_DEMO": " 1 "}
    told = {one["check"] for one in json.loads(Site(tmp_path / "var", more=empty).run("doctor", "--json")[1])}
    assert "start" not in told and "database" in told


@pytest.mark.django_db
def test_a_clock_that_was_set_back_and_a_backup_too_old_are_told(settings: Any, tmp_path: Path) -> None:
    event = record(actor=None, code="test.step")
    assert said(database.skew) == {"skew": "ok"}
    Event.objects.filter(pk=event.pk).update(at=clock.now() + dt.timedelta(hours=1))
    assert said(database.skew) == {"skew": "fail"}
    settings.DEMO, settings.VAR = False, tmp_path
    assert said(space.backup) == {"backup": "warn"}
    last.note()
    assert said(space.backup) == {"backup": "ok"}
    os.utime(tmp_path / last.STAMP, (0, 0))
    assert said(space.backup) == {"backup": "warn"}


def test_a_machine_that_cannot_draw_chinese_or_copy_postgresql_is_told(monkeypatch: Any) -> None:
    monkeypatch.setattr(machine, "find_library", lambda name: None)
    assert said(machine.fonts) == {"fonts": "warn"}
    monkeypatch.setenv("YICE_DATABASE", "postgresql://host/yice")
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    assert said(machine.programs) == {"programs": "fail"}


def test_a_disk_almost_full_is_told(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(machine, "LOW_DISK", 1 << 62)
    assert said(machine.folder)["disk"] == "warn"
    monkeypatch.setattr(machine, "NO_ROOM", 1 << 62)
    assert said(machine.folder)["disk"] == "fail"


def test_a_mistyped_variable_is_recognised(monkeypatch: Any) -> None:
    monkeypatch.setenv("YICE_DATABSE", "x")
    (finding,) = [one for one in machine.settings() if one.level == "warn"]
    assert "YICE_DATABASE" in str(finding.fix)


def test_who_starts_a_site_is_told_of_a_mistyped_variable(monkeypatch: Any, capsys: Any) -> None:
    """`YICE_HTTP=1` was to shut the door to whoever comes without TLS."""
    monkeypatch.setenv("YICE_HTTP", "1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "是否想写 YICE_HTTPS？" in capsys.readouterr().err


def test_a_package_of_another_version_is_told(monkeypatch: Any) -> None:
    monkeypatch.setattr(machine, "version", lambda name: "0.0" if name == "django" else "1")
    assert said(machine.packages) == {"packages": "warn"}


def test_assets_that_were_changed_are_a_fault(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "BUILD", tmp_path)
    assert said(machine.assets) == {"assets": "fail"}
    manifest = {"files": {"yice.css": {"sha256": machine.hashlib.sha256(b"a {}").hexdigest()}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "yice.css").write_text("a {}")
    assert said(machine.assets) == {"assets": "ok"}
    (tmp_path / "yice.css").write_text("b {}")
    assert said(machine.assets) == {"assets": "fail"}


def test_a_check_that_stumbles_leaves_the_others_to_speak() -> None:
    def broken() -> Iterator[Finding]:
        raise ValueError("with a value")
        yield

    (finding,) = run_checks([broken])
    assert (finding.check, finding.level, "with a value" in str(finding.says)) == ("broken", "fail", False)


@pytest.mark.django_db
def test_a_site_never_set_up_is_told_how(cast: Cast) -> None:
    assert said(database.tables, database.kind, database.sealed) == {
        "tables": "ok",
        "kind": "warn",
        "sealed": "ok",
    }


@pytest.mark.django_db
def test_an_empty_database_beside_a_sites_files_is_not_a_new_site(
    settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.VAR = tmp_path
    monkeypatch.setattr(connection.introspection, "table_names", list)
    (new,) = run_checks([database.tables])
    (tmp_path / "anchors.txt").touch()
    (lost,) = run_checks([database.tables])
    assert "site new" in str(new.fix) and "从备份恢复" in str(lost.fix)


@pytest.mark.django_db
def test_a_live_database_under_demo_settings_is_a_fault(cast: Cast, settings: Any) -> None:
    Installation.objects.create(demo=False, created_at=clock.now())
    assert said(database.kind) == {"kind": "fail"}
    settings.DEMO = False
    assert said(database.kind) == {"kind": "ok", "exposed": "warn"}
    settings.DEBUG = True
    assert said(database.kind)["exposed"] == "fail"


@pytest.mark.django_db
def test_a_live_site_whose_clock_is_held_is_a_fault(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("YICE_TODAY", "2020-06-30")
    assert said(database.held_clock) == {"clock": "ok"}
    settings.DEMO = False
    assert said(database.held_clock) == {"clock": "fail"}


@pytest.mark.django_db
def test_keys_that_do_not_open_what_is_sealed_are_a_fault(cast: Cast, monkeypatch: Any) -> None:
    value = sealing.seal("id_number", "44079919900101001X")
    Person.objects.create(name="林小禾", hukou=VILLAGE, residence=VILLAGE, id_sealed=value)
    assert said(database.sealed) == {"sealed": "ok"}
    with monkeypatch.context() as other:
        other.setattr(sealing, "_seal_keys", {1: sealing.AESGCM(bytes(32))})
        assert said(database.sealed) == {"sealed": "fail"}
        assert run(["work", "--until-empty"]) == 2
    Person.objects.update(id_index=sealing.index("id_number", "44079919900101001X"))
    assert said(database.sealed) == {"sealed": "ok"}
    monkeypatch.setattr(sealing, "_index_keys", (bytes(32),))
    monkeypatch.setattr(sealing, "_newer_index", None)
    assert said(database.sealed) == {"sealed": "fail"}
    with pytest.raises(Problem, match="密钥不是这个数据库的"):
        serving.require_keys()


@pytest.mark.django_db(transaction=True)
def test_a_record_that_was_tampered_with_is_a_fault() -> None:
    event = record(actor=None, code="test.step")
    assert [one.level for one in database.record()] == ["ok"]
    (noted,) = heads.folder().glob("*.txt")
    noted.rename(noted.with_suffix(".away"))
    assert [one.level for one in database.record()] == ["ok", "warn"]
    noted.write_text(Noted(event.pk + 1, bytes(32)).line(), "ascii")
    assert [one.level for one in database.record()] == ["ok", "fail"]
    noted.write_text("spoilt", "ascii")
    assert [one.level for one in database.record()] == ["ok", "fail"]
    noted.unlink()
    Event.objects.filter(pk=event.pk).update(code="test.other")
    assert said(database.record) == {"record": "fail"}


@pytest.mark.django_db
def test_sqlite_that_may_lose_data_is_a_fault(monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a matter of SQLite")
    assert said(database.database) == {"database": "ok"}
    with monkeypatch.context() as other:
        other.setitem(database.SAFE, "synchronous", "3")
        assert said(database.database) == {"database": "fail"}


@pytest.mark.django_db
def test_a_database_that_is_damaged_or_away_is_said_to_be_that(monkeypatch: Any, capsys: Any) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("file is not a database")

    monkeypatch.setattr("yice.config.serving.require_current_tables", broken)
    assert run(["audit", "verify"]) == 2 and "yice doctor" in capsys.readouterr().err
    if connection.vendor == "sqlite":
        monkeypatch.setattr(database, "_pragma", broken)
        assert [one.says for one in run_checks((database.database,))] == [database.BROKEN.says]


@pytest.mark.django_db
def test_postgresql_that_may_lose_data_is_a_fault() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a matter of PostgreSQL")
    assert said(database.database) == {
        "database": "fail"
    }  # the cluster of the tests gives up durability for speed


@pytest.mark.django_db
def test_places_and_packs_are_looked_at(cast: Cast) -> None:
    assert said(work.divisions, work.installed_packs) == {"divisions": "ok", "installed": "warn"}
    install(actor=None, path=Path(settings.YICE_PACKS) / "cn-440704-2016")
    assert said(work.installed_packs) == {"installed": "ok"}
    Installation.objects.create(demo=True, area_id="440703000000", created_at=clock.now())
    assert said(work.installed_packs) == {"installed": "warn"}


@pytest.mark.django_db
def test_a_queue_that_nobody_works_off_is_a_fault(cast: Cast) -> None:
    assert said(work.worker) == {"worker": "ok"}
    job = Job.objects.create(kind="test", owner=cast.he, created_at=clock.now())
    assert said(work.worker) == {"worker": "ok"}  # only just asked for
    Job.objects.update(created_at=clock.now() - 2 * work.PATIENCE)
    assert said(work.worker) == {"worker": "fail"}
    now = work.timezone.now()
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, lease_until=now + work.PATIENCE)
    assert said(work.worker) == {"worker": "ok"}
    Job.objects.filter(pk=job.pk).update(lease_until=now - 2 * work.PATIENCE)
    assert said(work.worker) == {"worker": "fail"}


@pytest.mark.django_db
def test_what_the_data_takes_is_said_by_what_it_is_for(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "one.csv").write_bytes(b"x" * 3 * 1024)
    space_said, kept = (str(one.says) for one in space.space())
    assert "上传文件 3 KB" in space_said and "快照" not in space_said
    assert "90 天" in kept and "30 天" in kept


@pytest.mark.django_db
def test_the_command_prints_json_and_its_exit_code_tells(capsys: Any, monkeypatch: Any, folder: Path) -> None:
    for name in ("machine", "database", "space", "work"):
        monkeypatch.setattr(f"yice.config.doctor.{name}.CHECKS", ())
    monkeypatch.setattr("yice.config.doctor.database.OF_ROWS", ())
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    assert run(["doctor", "--json"]) == 0
    assert [one["check"] for one in json.loads(capsys.readouterr().out)] == ["site"]
    monkeypatch.setattr("yice.config.doctor.machine.CHECKS", (machine.key_files,))
    (folder / "keys/seal.key").chmod(0o644)
    assert run(["doctor"]) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_a_clone_with_nothing_but_a_demo_is_judged_as_that_demo(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(site, "PROJECT", tmp_path)
    demo = tmp_path / "var/demo"
    demo.mkdir(parents=True)
    (tmp_path / "var/yice.sqlite3").touch()  # an empty database, as an early look leaves behind
    with closing(sqlite3.connect(demo / "yice.sqlite3")) as held, held:
        held.execute("CREATE TABLE accounts_installation (id)")
        held.execute("INSERT INTO accounts_installation VALUES (1)")
    (demo / "filled.json").write_text("{}")
    with patch.dict(os.environ):
        for name in ("YICE_VAR", "YICE_DATABASE", "YICE_DEMO", "YICE_TODAY"):
            os.environ.pop(name, None)
        assert "还没有建立站点" in str(site.choose().says)
        assert (os.environ["YICE_VAR"], os.environ["YICE_DEMO"]) == (str(demo), "1")
        assert os.environ["YICE_TODAY"] == "2020-06-30"


def test_the_variables_are_those_of_the_guide() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `YICE_")]
    assert [one.name for one in variables()] == re.findall(r"`(YICE_[A-Z_]+)`", "".join(rows))


def test_every_variable_is_listed_and_no_key_is_shown(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("YICE_SEAL_KEY", "ab" * 32)
    assert run(["doctor", "--settings", "--json"]) == 0
    out = capsys.readouterr().out
    assert {one["name"] for one in json.loads(out)} == {one.name for one in variables()}
    assert "ab" * 32 not in out
