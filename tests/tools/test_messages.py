"""The catalogue tool finds every text, keeps translations, and is not satisfied with half of one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext
TITLE = _("一个"
          "标题")
def say(n):
    return Message("第 {row} 行缺少姓名", row=n), ngettext("{n} 人", "{n} 人们", n), other("不是")
"""
TEMPLATE = """{% translate "查询" %}{% blocktranslate with n=x|add:1 %}共 {{ n }} 条{% endblocktranslate %}"""


@pytest.fixture
def sources(tmp_path: Path) -> Catalog:
    (tmp_path / "templates/ui").mkdir(parents=True)
    (tmp_path / "words.py").write_text(PYTHON, "utf-8")
    (tmp_path / "templates/ui/list.html").write_text(TEMPLATE, "utf-8")
    return messages.read_sources(tmp_path)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "locale/django.po"
    monkeypatch.setattr(messages, "PO", path)
    return path


def test_texts_are_found_in_code_and_templates(sources: Catalog) -> None:
    found = {message.id for message in sources if message.id}
    assert found == {"一个标题", "第 {row} 行缺少姓名", ("{n} 人", "{n} 人们"), "查询", "共 %(n)s 条"}


@pytest.mark.parametrize(
    ("text", "english", "fault"),
    [
        ("查询", "Search", ""),
        ("查询", "", "no English"),
        ("第 {row} 行缺少姓名", "Row {row}: the name is missing", ""),
        ("第 {row} 行缺少姓名", "Row {line}: the name is missing", "placeholders differ"),
        ("共 %(n)s 条", "Many", "placeholders differ"),
        (("{n} 人", "{n} 人们"), ("one person", "{n} people"), ""),
        (("{n} 人", "{n} 人们"), ("{n} person", "people"), "placeholders differ"),
    ],
)
def test_half_a_translation_is_a_fault(text: messages.Id, english: messages.Id, fault: str) -> None:
    wanted, given = Catalog(), Catalog(locale="en")
    wanted.add(text)
    given.add(text, english)
    faults = list(messages.missing(wanted, given))
    assert (fault in faults[0]) if fault else faults == []


def test_merged_translations_survive_an_extract(
    sources: Catalog, catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fragment = tmp_path / "desk.po"
    fragment.write_text('msgid "查询"\nmsgstr "Search"\n\nmsgid "没有了"\nmsgstr "Gone"\n', "utf-8")
    assert messages.merge([fragment]) == "2 translations taken"
    monkeypatch.setattr(messages, "read_sources", lambda: sources)
    assert messages.extract() == "5 texts, 4 without English"
    kept = messages.read(catalogue)
    assert kept.get("查询").string == "Search"
    assert kept.get("没有了") is None  # no longer in the code
    before = catalogue.read_text("utf-8")
    messages.extract()
    assert catalogue.read_text("utf-8") == before


def test_a_compiled_catalogue_speaks(catalogue: Path, tmp_path: Path) -> None:
    fragment = tmp_path / "desk.po"
    fragment.write_text('msgid "查询"\nmsgstr "Search"\n', "utf-8")
    messages.merge([fragment])
    messages.compile_catalogue()
    assert b"Search" in catalogue.with_suffix(".mo").read_bytes()


READ_NOT_SHOWN = {  # tables of what files say, of papers that are Chinese in any language, of house numbers
    "exchange/registers.py", "exchange/agreements/sheet.py", "loop/identify/services/visits.py", "accounts/demo.py",
}  # fmt: skip
ROOMS = (
    "accounts",
    "audit",
    "exchange/agreements",
    "exchange/imports",
    "exchange/papers",
    "jobs",
    "loop",
    "policy",
    "web",
)


def test_every_table_of_texts_that_people_read_is_in_the_catalogue() -> None:
    """A text looked up in a table (`gettext(_STATES[state])`) is found by no keyword: the table is marked `texts`."""
    known = {message.id for message in messages.english()}
    lost = []
    for path in messages.SOURCE.rglob("*.py"):
        name = path.relative_to(messages.SOURCE).as_posix()
        if name in READ_NOT_SHOWN or not name.startswith(ROOMS) or "migrations" in name:
            continue
        tables = [
            one.value
            for one in ast.parse(path.read_text("utf-8")).body
            if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(one.value, ast.Dict | ast.Call)
        ]
        lost += [
            (name, one.value)
            for table in tables
            for one in ast.walk(table)
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and messages.HAN.search(one.value)
            and one.value not in known
        ]  # fmt: skip
    assert not lost
