"""Each house rule sees what breaks it, and nothing in what keeps it."""

from __future__ import annotations

import ast

import pytest

from tools import rules

BROKEN = {
    "rows-in-web": ("web/desk/pages/x.py", "rows = Person.objects.all()"),
    "unescaped": ("web/desk/pages/x.py", "text = mark_safe(given)"),
    "sql": ("loop/x.py", "rows = query.extra(where=[given])"),
    "log": ("loop/x.py", 'log.warning("%s came", person)'),
    "clock": ("loop/x.py", "day = date.today()"),
    "service": ("loop/x/services.py", "def change(person):\n    with atomic():\n        pass"),
}
KEPT = {
    "rows-in-web": ("loop/x.py", "rows = Person.objects.all()"),
    "unescaped": ("web/desk/pages/x.py", 'text = format_html("<b>{}</b>", given)'),
    "sql": ("loop/x.py", "rows = query.filter(name=given)"),
    "log": ("loop/x.py", 'log.warning("job %s, attempt %s", job.uuid, job.attempts)'),
    "clock": ("loop/x.py", "day = clock.today()"),
    "service": (
        "loop/x/services.py",
        "def change(*, actor, person):\n    access.require(actor)\n    with atomic():\n        pass",
    ),
}
PAGE = ("web/desk/pages/y.py", "from yice.loop.x.services import change")


def found(*files: tuple[str, str]) -> set[str]:
    read = [rules.Module(rules.SOURCE / path, ast.parse(text), text.splitlines()) for path, text in files]
    return {name for _path, _line, name, _what in rules.faults(read)}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_sees_what_breaks_it_and_passes_what_keeps_it(rule: str) -> None:
    assert found(BROKEN[rule], PAGE) == {rule}
    assert found(KEPT[rule], PAGE) == set()
    path, text = BROKEN[rule]
    first, _newline, rest = text.partition("\n")
    assert found((path, f"{first}  # rule: {rule} - why\n{rest}"), PAGE) == set()
