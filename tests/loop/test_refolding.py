"""A release that folds names otherwise: `migrate` folds those on file anew, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from tests.cast import Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.loop.identify.models import NameFolding, Person
from yice.loop.identify.refolding import refold

pytestmark = pytest.mark.django_db


def test_names_that_other_tables_folded_are_folded_anew(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    people.bring_in(cast.he, tmp_path, people.everybody())
    Person.objects.filter(name="欧阳·明").update(name_folded="欧阳·明")
    assert refold() == 0  # the tables are what they were: nothing is read

    NameFolding.objects.update(tables="of another release")
    call_command("migrate", verbosity=0)
    assert Person.objects.get(name="欧阳·明").name_folded == "欧阳明"
    NameFolding.objects.update(tables="of another release")
    assert refold() == 0
