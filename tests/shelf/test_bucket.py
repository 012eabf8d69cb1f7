"""Two machines with a folder each and one bucket between them, at a real server that speaks S3; and the bucket gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people
from tests.shelf.server import Server, serving

from yice import shelf
from yice.accounts.services import install
from yice.config.cli import run
from yice.config.doctor import database, space
from yice.config.spelling import FILES
from yice.exchange.files import read
from yice.exchange.imports import services, working
from yice.exchange.imports.steps import Alone
from yice.jobs import leases
from yice.jobs.models import State
from yice.jobs.runner import attempt
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch, Person
from yice.policy import keeping, snapshot
from yice.policy.models import Snapshot
from yice.terms.errors import AwayError, Problem


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as held:
        yield held


class Machines:
    def __init__(self, settings: Any, folder: Path, server: Server) -> None:
        self.settings, self.folder, self.server = settings, folder, server
        self.bucket = server.bucket()
        settings.YICE_FILES = server.say(self.bucket)
        self.at("first")

    def at(self, name: str) -> Path:
        """Everything from here on happens on this machine."""
        self.settings.VAR = self.folder / name
        self.settings.VAR.mkdir(exist_ok=True)
        return Path(self.settings.VAR)

    def held(self, name: str) -> bytes:
        return self.server.ask("GET", f"{self.bucket}/site/{name}")

    def lying(self) -> list[str]:
        """Plain copies on this machine."""
        root = Path(self.settings.VAR)
        return sorted(
            path.relative_to(root).as_posix()
            for place in ("cache", "scratch", "uploads", "refused", "snapshots")
            for path in (root / place).rglob("*")
            if path.is_file()
        )


@pytest.fixture
def machines(settings: Any, tmp_path: Path, server: Server) -> Machines:
    return Machines(settings, tmp_path, server)


def test_a_file_is_put_sealed_on_one_machine_and_read_on_the_other(
    machines: Machines, tmp_path: Path
) -> None:
    plain = b"110105199001011234," * 400_000  # two pieces
    for name in ("uploads/a.csv", "snapshots/d/x/values.parquet", "snapshots/d/x/sources.parquet"):
        (tmp_path / "made").write_bytes(plain)
        shelf.put(name, tmp_path / "made")
    assert machines.lying() == [] and not (tmp_path / "made").exists()
    assert b"1990" not in machines.held("uploads/a.csv")
    machines.at("second")
    assert [one.name for one in shelf.names("snapshots")] == [
        "snapshots/d/x/sources.parquet",
        "snapshots/d/x/values.parquet",
    ]
    with shelf.passing("uploads/a.csv") as path:
        assert path.read_bytes() == plain and path.stat().st_mode & 0o777 == 0o600
    assert machines.lying() == []
    held = shelf.path("snapshots/d/x/values.parquet")
    assert held.read_bytes() == plain and shelf.path("snapshots/d/x/values.parquet") == held
    # Whoever has the bucket alone can neither change a file nor put another in its place.
    machines.server.ask(
        "PUT", f"{machines.bucket}/site/uploads/a.csv", machines.held("snapshots/d/x/sources.parquet")
    )
    with pytest.raises(Problem) as told, shelf.passing("uploads/a.csv"):
        pass
    assert told.value.code == "file-changed"
    shelf.remove("uploads/a.csv")
    shelf.remove("uploads/a.csv")
    shelf.remove_folder("snapshots/d/x")
    assert (shelf.names("uploads"), shelf.names("snapshots"), machines.lying()) == ([], [], [])
    with pytest.raises(FileNotFoundError):
        shelf.path("snapshots/d/x/values.parquet")
    shelf.probe()


@pytest.mark.django_db(transaction=True)
def test_an_import_and_a_screening_go_on_where_another_machine_left_off(
    live_cast: Cast, machines: Machines, tmp_path: Path
) -> None:
    install(demo=True)
    staged = people.stage(live_cast.he, tmp_path, [*people.everybody(), people.lin(name="")])
    machines.at("second")
    working.commit_batch(Batch.objects.get(), Alone(), actor=live_cast.he)
    assert Person.objects.count() == 4 and shelf.names("uploads") == []
    machines.at("first")
    with services.hand_back(actor=live_cast.he, batch=Batch.objects.get(pk=staged.pk)) as path:
        assert len(read(path).sheets[0]) == 1
    make.all_lists()
    run_ = make.screened(live_cast)
    machines.at("second")
    kept = Snapshot.objects.get(pk=run_.snapshot_id)
    assert snapshot.values(kept).num_rows == 4
    assert [finding.level for finding in database.snapshots()] == ["ok"]
    snapshot.discard(kept)
    with pytest.raises(Problem):
        snapshot.require(kept)
    assert keeping.sweep() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_without_the_bucket_pages_say_503_jobs_wait_and_commands_say_why(
    live_cast: Cast, settings: Any, tmp_path: Path, capsys: Any
) -> None:
    with serving() as server:
        machines = Machines(settings, tmp_path, server)
        install(demo=True)
        path = people.write_csv(tmp_path / "registry.csv", [*people.everybody(), people.lin(name="")])
        asked = {"kind": "registry", "area": COUNTY, "as_of": people.AS_OF, "actor": live_cast.he}
        batch = services.stage(path=path, **asked)
        assert [finding.level for finding in space.files()] == ["ok"]
        server.stop()
        _nothing_goes(live_cast, batch, path, asked, capsys)
        assert [finding.level for finding in space.files()] == ["fail"]
        job = leases.claim("a worker")
        assert job is not None and attempt(job) == State.WAITING
        job.refresh_from_db()
        assert (job.attempts, job.error) == (0, "")
        # Another bucket's place taken by one that was never made is not an empty one.
        server.start()
        settings.YICE_FILES = server.say("nobody-made-it")
        for ask in (lambda: shelf.exists("a"), lambda: shelf.names("uploads"), lambda: shelf.path("a")):
            with pytest.raises(AwayError):
                ask()
        assert machines.lying() == []


def _nothing_goes(cast: Cast, batch: Batch, path: Path, asked: dict[str, Any], capsys: Any) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.he)
    with path.open("rb") as file:
        form = {"kind": "registry", "as_of_0": "2020", "as_of_1": "6", "as_of_2": "1", "area": COUNTY, "whole": "no", "file": file}  # fmt: skip
        answer = client.post("/imports/new/", form)
    assert answer.status_code == 503 and answer["Retry-After"], answer.content.decode()
    with pytest.raises(AwayError):
        services.stage(path=path, **asked)
    assert Batch.objects.count() == 1 and Batch.objects.get().state == BatchState.READING
    assert (
        run(["import", "registry", str(path), "--actor", "he", "--area", COUNTY, "--as-of", "2020-06-01"])
        == 2
    )
    assert "YICE_FILES" in capsys.readouterr().err
    assert dt.date(2020, 6, 1) == batch.as_of


@pytest.mark.django_db
def test_a_bucket_behind_tls_is_believed_by_the_certificate_named_for_it_alone(
    settings: Any, tmp_path: Path
) -> None:
    """A city's own server has a certificate of the city's own office, which no machine knows by itself."""
    with serving(office=tmp_path) as held:
        said = held.say(held.bucket())
        settings.VAR, settings.YICE_FILES = tmp_path / "var", said
        settings.VAR.mkdir()
        shelf.probe()
        settings.YICE_FILES = said.partition("?")[0]
        with pytest.raises(AwayError):
            shelf.probe()
        assert [one.level for one in space.files()] == ["fail"]
    assert FILES.fits(said) and not FILES.fits(said.replace("ca.pem", "none-such.pem"))
