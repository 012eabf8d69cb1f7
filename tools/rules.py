"""House rules that no linter knows, judged from the syntax tree: `python -m tools.rules`.

What ruff, bandit and import-linter judge is not repeated: SQL put together from values (S608), a naive `now()` (DTZ),
evaluated text. What must break a rule says so there: `# rule: <name> - why`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/yice"
LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
# What a line of the log may take in: keys of jobs, codes, counts, levels. Never an object: its text may be a name.
LOGGED = frozenset({"uuid", "kind", "code", "attempts", "level", "places", "attempt"})
UNSAFE = frozenset({"mark_safe", "SafeString", "SafeText"})
BESIDE_THE_ORM = frozenset({"extra", "raw", "RawSQL"})
ASKS = frozenset({"require", "may", "grants", "scope", "condition"})  # accounts.access
WRITES = frozenset({"atomic", "record"})
Fault = tuple[str, int, str, str]


@dataclass
class Module:
    path: Path
    tree: ast.Module
    lines: list[str]
    nodes: list[ast.AST] = field(init=False)
    web: bool = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = list(ast.walk(self.tree))
        inside = self.path.relative_to(SOURCE).with_suffix("")
        self.web = inside.parts[0] in ("web", "api")
        self.name = ".".join(("yice", *inside.parts)).removesuffix(".__init__")


def last_name(node: ast.expr) -> str:
    """`a.b.c` and `a.b.c()` → c."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def no_rows_in_web(module: Module) -> Iterator[tuple[int, str]]:
    """Pages read through selectors and write through services: both narrow what the reader may see."""
    for node in module.nodes:
        if module.web and isinstance(node, ast.Attribute) and node.attr == "objects":
            yield node.lineno, "a page asks a model itself: use a selector or a service"


def no_unescaped_text(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in UNSAFE:
            yield node.lineno, "text is put into a page unescaped: use format_html, or an image"


def no_sql_beside_the_orm(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in BESIDE_THE_ORM:
            yield node.lineno, "SQL beside the ORM: write an expression, or a cursor with bound values"


def no_objects_in_the_log(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in LOG_METHODS or last_name(node.func.value) not in {
            "log",
            "logger",
            "getLogger",
        }:
            continue
        for said in node.args:
            if not isinstance(said, ast.Constant) and last_name(said) not in LOGGED:
                yield (
                    node.lineno,
                    "the log takes keys, codes and counts: not an object, not a text put together",
                )


def no_clock_of_ones_own(module: Module) -> Iterator[tuple[int, str]]:
    """What day it is comes from terms.clock: a demo lives on its own. Measuring time is another matter."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in {"today", "utcnow"}:
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if (
                owner is not None
                and last_name(owner) in {"date", "datetime"}
                and module.name != "yice.terms.clock"
            ):
                yield node.lineno, "the day comes from terms.clock"


RULES: dict[str, Callable[[Module], Iterator[tuple[int, str]]]] = {
    "rows-in-web": no_rows_in_web,
    "unescaped": no_unescaped_text,
    "sql": no_sql_beside_the_orm,
    "log": no_objects_in_the_log,
    "clock": no_clock_of_ones_own,
}


def services_that_pages_call(modules: list[Module]) -> Iterator[tuple[Module, ast.FunctionDef]]:
    """Functions of a services module that a module of yice.web imports by name."""
    homes = {one.name: one for one in modules}
    wanted: set[tuple[str, str]] = set()
    for module in modules:
        for node in module.nodes if module.web else ():
            if isinstance(node, ast.ImportFrom) and node.module and ".services" in node.module:
                wanted |= {(node.module, alias.name) for alias in node.names}
    for home, name in sorted(wanted):
        yield from _defined(homes, home, name)


def _defined(homes: dict[str, Module], home: str, name: str) -> Iterator[tuple[Module, ast.FunctionDef]]:
    module = homes.get(home)
    for node in module.tree.body if module else ():
        if isinstance(node, ast.FunctionDef) and node.name == name and module:
            yield module, node
        if isinstance(node, ast.ImportFrom) and node.module and any(a.name == name for a in node.names):
            yield from _defined(homes, node.module, name)


def calls(modules: list[Module]) -> dict[str, set[str]]:
    """Name of a function → names it calls, over all of the house: enough to see whether a way leads to the policy."""
    found: dict[str, set[str]] = {}
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, set()).update(_called(node))
    return found


def _writes(module: Module, function: ast.FunctionDef) -> bool:
    """Itself, or by a function beside it."""
    beside = {one.name: one for one in module.tree.body if isinstance(one, ast.FunctionDef)}
    named = _called(function)
    return bool(named & WRITES) or any(_called(beside[one]) & WRITES for one in named if one in beside)


def _called(function: ast.FunctionDef) -> set[str]:
    return {last_name(one.func) for one in ast.walk(function) if isinstance(one, ast.Call)}


def leads_to(wanted: frozenset[str], name: str, graph: dict[str, set[str]]) -> bool:
    seen, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one in wanted:
            return True
        if one not in seen:
            seen.add(one)
            waiting += graph.get(one, ())
    return False


def service_faults(modules: list[Module]) -> Iterator[Fault]:
    """A service that writes for a page takes keywords alone, the actor among them, and asks the policy."""
    graph = calls(modules)
    for module, function in services_that_pages_call(modules):
        if not _writes(module, function):
            continue
        said = function.args
        wrong = []
        if said.args or said.posonlyargs:
            wrong.append("takes its arguments by position")
        if "actor" not in {one.arg for one in (*said.args, *said.kwonlyargs)}:
            wrong.append("does not take the actor")
        if not leads_to(ASKS, function.name, graph):
            wrong.append("never asks accounts.access")
        for one in wrong:
            yield str(module.path), function.lineno, "service", f"{function.name} {one}"


def read(paths: list[Path]) -> list[Module]:
    found = []
    for path in sorted(paths):
        text = path.read_text("utf-8")
        found.append(Module(path, ast.parse(text), text.splitlines()))
    return found


def faults(modules: list[Module]) -> list[Fault]:
    found: list[Fault] = []
    for module in modules:
        for name, rule in RULES.items():
            found += [(str(module.path), line, name, what) for line, what in rule(module)]
    found += service_faults(modules)
    held = {str(module.path): module.lines for module in modules}
    return [one for one in found if not _excused(one, held[one[0]])]


def _excused(fault: Fault, lines: list[str]) -> bool:
    _path, line, name, _what = fault
    return any(re.search(rf"# rule: {name} - \w", near) for near in lines[max(0, line - 2) : line + 2])


def in_templates() -> Iterator[Fault]:
    for path in sorted(SOURCE.rglob("*.html")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(r"\|\s*safe\b|\bautoescape\s+off", line):
                yield str(path), number, "unescaped", "text is put into a page unescaped"


def main() -> int:
    paths = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    found = [*faults(read(paths)), *in_templates()]
    for path, line, name, what in found:
        print(f"{Path(path).relative_to(ROOT)}:{line}: {name}: {what}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
