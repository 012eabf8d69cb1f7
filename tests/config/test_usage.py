"""A slip on the command line is told in the reader's language, whoever noticed it: Typer, pydantic or a command."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from yice.config.cli import run
from yice.terms.messages import use_translator

SCREEN = "screen --pack a --facts b --as-of 2020-01-01 --out c"
SLIPS = {
    "synth --people abc": "--people 的值不对：要写整数。",
    "synth --people 0": "不能小于 1",
    "demo --port 99999": "--port 的值不对：不能大于 65535。",
    f"{SCREEN} --rows some": "要从这些里选：all、findings",
    f"{SCREEN} more": "yice screen 后面多了：more。",
    "synth --peopel 3": "yice synth 没有选项 --peopel，是否想用 --people？",
    "synth --seed": "--seed 后面要写它的值。",
    "match --events=3": "--events 后面不带值。",
    "look": "yice look 还缺 登记册 [名单…]。",
    "pack frob": "yice pack 后面要写其中一个命令：check、",
    "frob": "没有命令 frob。",
}


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_is_told_in_chinese(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(typed.split()) == 2
    said = capsys.readouterr().err
    assert SLIPS[typed] in said
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{3,} [A-Za-z]{3,}", said), said


def test_help_has_its_fixed_words_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["synth", "--help"]) == 0
    said = capsys.readouterr().out
    assert "用法：yice synth [选项]" in said
    assert "默认：5000" in said
    assert "Usage" not in said and "completion" not in said


def test_a_reader_of_english_gets_english(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICE_LANG", "en")
    assert run(["synth", "--people", "abc"]) == 2
    assert "Usage:" not in (said := capsys.readouterr().err)
    assert not re.search(r"[\u4e00-\u9fff]", said)


# Help is read in the language of the process that first asks for it: a process of its own.
WALK = """
import typer
from typer._click.core import Context
from yice.config import cli
cli.settle_language(["--lang", "en"])
def walk(command, above, name):
    here = Context(command, parent=above, info_name=name)
    print(command.get_help(here))
    for one in getattr(command, "list_commands", lambda here: [])(here):
        walk(command.get_command(here, one), here, one)
walk(typer.main.get_command(cli.app), None, "yice")
"""


def test_every_help_is_there_in_english_and_no_line_is_cut() -> None:
    said = subprocess.run([sys.executable, "-c", WALK], capture_output=True, text=True, check=True).stdout
    chinese = [line for line in said.splitlines() if re.search(r"[\u4e00-\u9fff]", line.replace("一策", ""))]
    assert chinese == []
    assert "Usage: yice keys rotate-index" in said
    assert "..." not in re.sub(r"[\]}]\.\.\.", "", said)  # those of a usage line alone
