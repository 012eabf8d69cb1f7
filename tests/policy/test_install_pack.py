"""Installing a pack: checked, kept whole, never changed afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, OUTSIDE_COUNTY, Cast

from yice.audit.models import Event
from yice.policy import selectors, services
from yice.policy.models import InstalledPack
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
JIANGHAI = make.PACKS / "cn-440704-2016"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("cn", JIANGHAI.name):
        shutil.copytree(make.PACKS / name, tmp_path / name)
    return tmp_path / JIANGHAI.name


def test_the_same_content_twice_is_the_same_row(cast: Cast) -> None:
    assert make.jianghai() == make.jianghai()
    assert InstalledPack.objects.count() == 1
    assert Event.objects.filter(code="policy.installed").count() == 1


def test_what_was_installed_outlives_the_folder_it_came_from(
    cast: Cast, copied: Path, monkeypatch: Any
) -> None:
    installed = services.install(actor=None, path=copied)
    shutil.rmtree(copied.parent)
    monkeypatch.setattr(selectors, "_plans", {})
    plan = selectors.plan(installed)
    assert (plan.id, plan.hash) == (JIANGHAI.name, installed.hash)


def test_a_newer_version_takes_over_and_the_old_one_stays(cast: Cast, copied: Path) -> None:
    old = services.install(actor=None, path=copied)
    pack = copied / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace('version: "1"', 'version: "2"', 1), "utf-8")
    new = services.install(actor=None, path=copied)
    old.refresh_from_db()
    assert (old.active, new.active, new.version) == (False, True, "2")
    assert selectors.pack_for(COUNTY) == new


def test_a_setting_chosen_here_is_part_of_what_was_installed(cast: Cast) -> None:
    plain = make.jianghai()
    chosen = services.install(actor=None, path=JIANGHAI, settings={"living_subsidy_fen": 17000})
    assert chosen.hash != plain.hash
    assert selectors.plan(chosen).settings["living_subsidy_fen"].value == 17000
    assert selectors.plan(plain).settings["living_subsidy_fen"].value == 16500


def test_a_broken_pack_is_not_installed(cast: Cast, copied: Path) -> None:
    (copied / "settings.yaml").write_text("what: [", "utf-8")
    with pytest.raises(Problems):
        services.install(actor=None, path=copied)
    assert not InstalledPack.objects.exists()


def test_a_pack_binds_its_own_places_only(cast: Cast) -> None:
    installed = make.jianghai()
    assert selectors.pack_for("440704001001") == installed
    assert selectors.pack_for(OUTSIDE_COUNTY) is None
    assert selectors.packs(cast.chen) == [installed]
    assert selectors.packs(cast.pan) == []


def test_a_version_that_takes_from_recipients_is_kept_but_not_put_in_force(cast: Cast) -> None:
    old, lists = make.jianghai(), make.all_lists()
    make.paid(lists["nursing_subsidy"], make.person("周大山", grade=2), 22000)
    with pytest.raises(Problem) as refused:
        services.install(actor=None, path=JIANGHAI, settings={"severe_grade": 1})
    assert refused.value.code == "plan-drops"
    assert "1 人" in str(refused.value.what)
    assert InstalledPack.objects.get(active=True) == old
    assert InstalledPack.objects.get(active=False).settings == {"severe_grade": 1}
