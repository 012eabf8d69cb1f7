"""The way to PostgreSQL: on another machine it must prove that it is the one, with a certificate that holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from tests.config.office import Office

from tools import postgres
from yice.config import environment, serving
from yice.config.doctor import database
from yice.config.spelling import DATABASE
from yice.terms.errors import Problem


def test_a_database_elsewhere_must_prove_itself_unless_the_address_says_otherwise() -> None:
    asked = environment.over_tls
    assert asked("postgresql://u:p@db.example:5432/y") == {"sslmode": "verify-full"}
    assert asked("postgresql://u:p@db.example/y?sslrootcert=/ca.pem") == {
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
    }
    assert asked("postgresql://u:p@db.example/y?sslmode=disable") == {"sslmode": "disable"}
    for here in ("127.0.0.1", "localhost", "[::1]", "%2Frun%2Fpostgresql"):
        assert asked(f"postgresql://u@{here}/y") == {}
    for wrong in ("sslmode=verify", "sslmod=require", "options=-c", "sslmode"):
        assert not DATABASE.fits(f"postgresql://u@db.example/y?{wrong}")


def test_pages_without_tls_are_for_this_machine_unless_somebody_insists(settings: Any) -> None:
    settings.SECURE_SSL = settings.DEMO = False
    for host in ("0.0.0.0", "::", "10.0.0.5"):  # noqa: S104 - what is refused
        with pytest.raises(Problem, match="YICE_HTTPS"):
            serving.require_tls(host, allowed=False)
        serving.require_tls(host, allowed=True)
    serving.require_tls("127.0.0.1", allowed=False)
    settings.SECURE_SSL = True
    serving.require_tls("0.0.0.0", allowed=False)  # noqa: S104


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    if shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL's client is not installed")
    home = Path("/tmp") / f"yice-tls-{os.getpid()}"  # noqa: S108 - for the server's user, too
    home.mkdir(mode=0o700)
    try:
        Office(home).server("localhost")
        tls = {"ssl": "on", "ssl_cert_file": f"{home}/server.pem", "ssl_key_file": f"{home}/server.key"}
        held = postgres.Server(home, settings=tls)
        if os.geteuid() == 0:
            for path in home.glob("server.*"):
                os.chown(path, home.stat().st_uid, home.stat().st_gid)
        held.start()
        yield held.address, home
        held.stop()
    except postgres.PostgresMissingError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def connected(address: str, host: str, said: str, monkeypatch: Any) -> str:
    """How Yice's own settings reach it: "tls", "clear", or a refusal's first words."""
    monkeypatch.setenv("YICE_DATABASE", f"{address.replace('127.0.0.1', host)}?{said}")
    held = environment.database()
    given = {"host": held["HOST"], "port": held["PORT"], "user": held["USER"], "password": held["PASSWORD"]}
    try:
        with psycopg.connect(dbname=held["NAME"], **given, **held["OPTIONS"]) as connection:
            return "tls" if connection.pgconn.ssl_in_use else "clear"
    except psycopg.OperationalError as error:
        return str(database._why(str(error)))


def test_a_server_is_believed_with_its_own_certificate_alone(
    server: tuple[str, Path], monkeypatch: Any, tmp_path: Path
) -> None:
    address, home = server
    full, refused = f"sslmode=verify-full&sslrootcert={home}/ca.pem", "证书没有核对成功"
    assert connected(address, "localhost", full, monkeypatch) == "tls"
    assert connected(address, "localhost", f"{full}&sslcrl={home}/none.pem", monkeypatch) == "tls"
    assert connected(address, "localhost", "sslmode=disable", monkeypatch) == "clear"
    # Another's name, an office nobody knows, and one that was taken back.
    assert refused in connected(address, "127.0.0.1", full, monkeypatch)
    Office(tmp_path)
    assert refused in connected(
        address, "localhost", f"sslmode=verify-full&sslrootcert={tmp_path}/ca.pem", monkeypatch
    )
    assert refused in connected(address, "localhost", f"{full}&sslcrl={home}/taken.pem", monkeypatch)
    wrong = address.replace(address.split(":")[2].split("@")[0], "wrong")
    assert "用户名或密码" in connected(wrong, "localhost", full, monkeypatch)


def test_the_doctor_says_how_the_way_to_another_machine_is_shut(monkeypatch: Any) -> None:
    way = SimpleNamespace(ssl_in_use=False)
    said: dict[str, Any] = {"HOST": "db.example", "OPTIONS": {}}
    held = SimpleNamespace(settings_dict=said, connection=SimpleNamespace(pgconn=way))
    monkeypatch.setattr(database, "connection", held)
    assert "没有加密" in str(next(database._way()).says)
    way.ssl_in_use = True
    assert "没有核对" in str(next(database._way()).says)
    said["OPTIONS"] = {"sslmode": "verify-full"}
    assert next(database._way()).level == "ok"
    said["HOST"] = "127.0.0.1"
    assert list(database._way()) == []
