"""The house rules that no linter knows."""

from __future__ import annotations

import re
import statistics
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from tools.test import IN_BROWSER

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def lines(path: Path) -> int:
    """Lines with something on them."""
    return sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())


def tracked(*patterns: str) -> list[Path]:
    """Files under version control, or about to be; a build's output is neither."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_file_is_over_five_hundred_lines_and_most_are_under_eighty() -> None:
    code = tracked(
        "src/*.py", "tests/*.py", "tools/*.py", "bench/*.py", "src/*.html", "src/*.js", "src/*.scss"
    )
    written = [path for path in code if path.parent.name != "migrations"]
    assert [str(path.relative_to(ROOT)) for path in written if lines(path) > 500] == []
    *_, ninth = statistics.quantiles(map(lines, SOURCES), n=10)
    assert statistics.median(map(lines, SOURCES)) <= 80
    assert ninth <= 300


def test_what_needs_a_browser_is_where_its_round_looks() -> None:
    marked = [path for path in tracked("tests/*.py") if "mark." + "browser" in path.read_text("utf-8")]
    assert {path.relative_to(ROOT).as_posix().rpartition("/")[0] for path in marked} == {IN_BROWSER}


def test_no_package_is_a_drawer_for_anything() -> None:
    names = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert names.isdisjoint({"core", "common", "base", "utils", "helpers", "misc"})


def test_no_files_import_each_other_in_a_circle() -> None:
    """Nor where only types are meant, or an import waits inside a function."""
    house = grimp.build_graph("yice", cache_dir=None)
    TopologicalSorter({one: house.find_modules_directly_imported_by(one) for one in house.modules}).prepare()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_binds_every_package_by_hash_and_names_no_place(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not re.search(r"https?:|file:|--index|--extra-index|--find-links|/(?:root|home|opt|tmp)/", text)
    pinned = re.findall(r"^[\w.\[\]-]+==[^\s;]+", text, re.MULTILINE)
    bound = re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert pinned
    assert len(pinned) == len(bound)


def test_no_committed_file_names_a_folder_of_somebodys_machine() -> None:
    said = re.compile(r"/(?:root|home|work|Users)/\w+")
    texts = [
        path
        for path in tracked()
        if path.suffix not in {".png", ".xlsx", ".parquet", ".ico", ".woff2", ".mo"}
    ]
    found = [
        str(path.relative_to(ROOT))
        for path in texts
        if path != Path(__file__) and said.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []
