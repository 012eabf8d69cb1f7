"""Papers from shapes as written to the frozen values of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from yice.rules.model import Fact
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry
from yice.rules.pack.paper_schema import PaperSpec, PartSpec
from yice.rules.pack.yaml import problem_at
from yice.rules.papers import BY_STEP, IDENTITY, OF, ROWS, TABLES, Paper, PaperPart
from yice.terms.messages import Message


def paper(spec: PaperSpec, entry: Entry, citing: Citing, facts: Mapping[str, Fact]) -> Paper:
    """A paper whose every name is known: of the person, of its subject, or a fact."""
    speaks = ("area",) if spec.rows == "areas" else ("person", "household")
    known = {
        *(IDENTITY if spec.rows != "areas" else ()),
        *OF[spec.of],
        *ROWS[spec.rows],
        *(name for name, one in facts.items() if one.of in speaks),
    }

    def refuse(code: str, what: Message, *at: str | int) -> None:
        citing.problems.append(problem_at(entry.place(*at), code, what))

    for at, name in enumerate(spec.columns):
        if name not in known:
            refuse("paper-field", Message("没有叫 {name} 的内容。", name=name), "columns", at)
    for name in spec.who:
        if name not in facts:
            refuse("paper-field", Message("没有叫 {name} 的内容。", name=name), "who", name)
    if bool(spec.columns) != (spec.of == "register") or bool(spec.parts) == (spec.of == "register"):
        refuse("paper-parts", Message("登记表写 columns，其他表写 parts。"))
    for at, part in enumerate(spec.parts):
        if sum((bool(part.grid), bool(part.table), bool(part.lines), bool(part.sign))) != 1:
            refuse("paper-parts", Message("一个部分只写一个：grid、table、lines 或 sign。"), "parts", at)
        if part.step and part.table not in BY_STEP:
            refuse("paper-parts", Message("step 只用于 answers 和 evidence。"), "parts", at, "step")
        for n, name in enumerate(part.grid):
            if name not in known:
                refuse("paper-field", Message("没有叫 {name} 的内容。", name=name), "parts", at, "grid", n)
        if part.table and part.table not in TABLES[spec.of]:
            refuse("paper-field", Message("没有叫 {name} 的内容。", name=part.table), "parts", at, "table")
    return Paper(
        id=entry.id,
        title=spec.title.words(),
        of=spec.of,
        place=entry.place(),
        parts=tuple(_part(one) for one in spec.parts),
        columns=tuple(spec.columns),
        rows=spec.rows,
        who={name: tuple(values) for name, values in spec.who.items()},
        clause=citing.clause(spec.clause, entry.place("clause")) if spec.clause else "",
        source=citing.clause(spec.source, entry.place("source")) if spec.source else "",
        services=tuple(spec.services),
        landscape=spec.landscape,
    )


def _part(spec: PartSpec) -> PaperPart:
    return PaperPart(
        title=spec.title.words() if spec.title else None,
        grid=tuple(spec.grid),
        across=spec.across,
        table=spec.table or "",
        step=spec.step or "",
        lines=spec.lines.words() if spec.lines else None,
        room=spec.room,
        sign=tuple(one.words() for one in spec.sign),
    )
