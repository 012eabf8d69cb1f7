"""What kind of sheet it is, and which column means what."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import members, months
from yice.exchange.columns.results import Understanding
from yice.exchange.files.workbook import Sheet
from yice.exchange.vocabulary import UNREAD, Field, SheetKind, field_of, fields, fold_heading, kinds, value_of
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month

SURE = 0.5
_SAMPLE = 400  # rows looked at to check that a column's values bear out its heading
# Of these the first column with something in it speaks; of the others the best-named column alone.
_COALESCED = {"text", "name", "id", "certificate", "phone", "account", "area_name"}


def understand(
    sheet: Sheet,
    *,
    file_name: str = "",
    kind: str | None = None,
    month: Month | None = None,
    fields: Mapping[str, str] | None = None,
) -> Understanding:
    """Tell a sheet's kind and its columns; what is missing stands in `problems`, what is odd in `warnings`."""
    sheet = members.unfold(sheet)
    chosen, confidence, others = _kind(sheet, file_name, fields or {}) if kind is None else (kind, 1.0, [])
    if chosen == "":
        found = Understanding("", 0.0, {}, list(range(len(sheet.headers))), others=others, sheet=sheet)
        found.problems.append(_no_kind(sheet))
        return found
    definition = kinds()[chosen]
    found = Understanding(chosen, confidence, {}, others=others, sheet=sheet)
    _map(sheet, definition, fields or {}, found)
    _narrow(sheet, found)
    definition = kinds()[found.kind]
    if confidence < SURE:
        found.warnings.append(_unsure(definition, confidence))
    for line in definition.needs:
        if not found.fields & set(line):
            found.problems.append(_lacks(line, definition))
    _month(sheet, file_name, month, found)
    return found


def looks_like(sheet: Sheet, file_name: str = "") -> str:
    """The kind that a sheet clearly is by its columns and names, whatever it was brought as; "" where that is not sure."""
    found, confidence, _others = _kind(sheet, file_name, {})
    return found if confidence >= SURE else ""


def _kind(
    sheet: Sheet, file_name: str, corrected: Mapping[str, str]
) -> tuple[str, float, list[tuple[str, float]]]:
    spoken = [(fold_heading(file_name), 4.0), (fold_heading(sheet.name), 4.0)]
    spoken += [(fold_heading(title), 5.0) for title in sheet.titles[:6]]
    scores: list[tuple[float, str]] = []
    for id_, kind in kinds().items():
        named = {
            one.name for heading in sheet.headers if (one := _field(heading, kind, corrected)) is not None
        }
        if not all(named & set(line) for line in kind.needs):
            continue
        score: float = sum(weight for mark, weight in kind.marks.items() if mark in named)
        score -= sum(weight for mark, weight in kind.against.items() if mark in named)
        score += sum(
            weight * max((min(len(name), 6) / 3 for name in kind.names if name in text), default=0.0)
            for text, weight in spoken
        )
        scores.append((score, id_))
    scores.sort(key=lambda one: -one[0])
    scores = [one for one in scores if one[0] > 0]
    if not scores:
        return "", 0.0, []
    best, id_ = scores[0]
    second = scores[1][0] if len(scores) > 1 else 0.0
    confidence = min(1.0, best / 8) * (1 - 0.6 * second / best)
    return id_, round(confidence, 2), [(other, round(score / best, 2)) for score, other in scores[1:4]]


def _field(heading: str, kind: SheetKind, corrected: Mapping[str, str]) -> Field | None:
    if heading in corrected:
        return fields().get(corrected[heading])
    # The lower line of a double header alone may say it: "残疾人证/号码" is asked whole, then by its end.
    return field_of(heading, kind.headings) or field_of(heading.rpartition("/")[2], kind.headings)


def _map(sheet: Sheet, kind: SheetKind, corrected: Mapping[str, str], found: Understanding) -> None:
    by_field: dict[str, list[tuple[int, int]]] = {}
    for at, heading in enumerate(sheet.headers):
        filled = sheet.columns[at].null_count < len(sheet)
        one = _field(heading, kind, corrected)
        if one is not None:
            one = _by_values(sheet.columns[at], one)
        if one is None:
            if filled:
                found.unknown.append(at)
            continue
        if heading not in corrected and not _bears_out(sheet.columns[at], one):
            found.unknown.append(at)
            found.warnings.append(_doubtful(heading, one))
            continue
        by_field.setdefault(one.name, []).append((_rank(one, heading), at))
    for name, columns in by_field.items():
        columns.sort()
        if fields()[name].type in _COALESCED:
            found.mapping.update((at, name) for _, at in columns)
        else:
            found.mapping[columns[0][1]] = name
            found.unused += [at for _, at in columns[1:]]
    # Best-named first within a field: normalising takes the first that says something.
    order = {at: (rank, at) for columns in by_field.values() for rank, at in columns}
    found.mapping = dict(sorted(found.mapping.items(), key=lambda item: (item[1], order[item[0]])))


def _rank(one: Field, heading: str) -> int:
    folded = fold_heading(heading)
    keys = [fold_heading(alias) for alias in (one.zh, *one.headings)]
    return keys.index(folded) if folded in keys else len(keys)


def _sample(column: pa.StringArray) -> pa.StringArray:
    return column.slice(0, _SAMPLE * 4).drop_null().slice(0, _SAMPLE)


def _by_values(column: pa.StringArray, one: Field) -> Field:
    """A heading that means a place by name or by code is told apart by what stands below it."""
    if one.name not in (
        "hukou",
        "residence",
        "hukou_village",
        "residence_village",
        "hukou_township",
        "address",
    ):
        return one
    sample = _sample(column)
    if not len(sample):
        return one
    codes = pc.sum(pc.match_substring_regex(sample, r"^[1-9]\d{5}(\d{3}(\d{3})?)?$")).as_py() or 0
    if one.type == "area_code" and codes * 2 < len(sample):
        return fields()["hukou_village" if one.name == "hukou" else "residence_village"]
    if one.type != "area_code" and codes * 2 > len(sample):
        return fields()["residence" if one.name.startswith("residence") else "hukou"]
    return one


def _bears_out(column: pa.StringArray, one: Field) -> bool:
    """Whether at least half of a coded column's values are words of its table."""
    if one.type not in ("code", "bool"):
        return True
    sample = _sample(column)
    table = one.values or "bool"
    values = pc.value_counts(sample).to_pylist()
    read = sum(pair["counts"] for pair in values if value_of(table, pair["values"]) != UNREAD)
    return bool(read * 2 >= len(sample))


def _narrow(sheet: Sheet, found: Understanding) -> None:
    """A payroll whose rows all name one subsidy is that one's, whatever it was taken for."""
    columns = [at for at, name in found.mapping.items() if name == "benefit"]
    if not columns or found.kind not in ("two_subsidies", "living_subsidy", "nursing_subsidy"):
        return
    said = {
        value_of("benefit", text) for text in pc.unique(sheet.columns[columns[0]].drop_null()).to_pylist()
    }
    said -= {UNREAD, None}
    found.kind = said.pop() if len(said) == 1 else "two_subsidies"  # type: ignore[assignment]


def _month(sheet: Sheet, file_name: str, given: Month | None, found: Understanding) -> None:
    if given is not None:
        found.month, found.month_from = given, "given"
        return
    if "month" in found.fields:
        found.month_from = "column"
    for text, source in [*((title, "sheet") for title in [*sheet.titles, sheet.name]), (file_name, "file")]:
        if month := months.find(text):
            found.month, found.month_from = month, found.month_from or source
            return


def _no_kind(sheet: Sheet) -> Problem:
    if sheet.header_row is None:
        return Problem(
            "sheet-no-header",
            Message("没有找到表头。"),
            where=Message("工作表“{sheet}”", sheet=sheet.name),
            why=Message("前 40 行里没有一行像“姓名、身份证号……”这样的栏目名。"),
            fix=Message("请在数据上方加一行栏目名。"),
        )
    return Problem(
        "sheet-kind-unknown",
        Message("认不出这是什么名单。"),
        where=Message("工作表“{sheet}”", sheet=sheet.name),
        why=Message(
            "栏目和名称与登记册、家庭成员、各部门名单都对不上；至少要有姓名，和身份证号或残疾人证号。"
        ),
        fix=Message("请核对工作表，或在文件前写明种类，例如 living_subsidy=文件名.xlsx。"),
    )


def _unsure(kind: SheetKind, confidence: float) -> Problem:
    return Problem(
        "sheet-kind-unsure",
        Message("按“{kind}”读取，把握不大（{percent}%）。", kind=kind.label, percent=round(confidence * 100)),
        fix=Message("如果不是，请在文件前写明种类，例如 living_subsidy=文件名.xlsx。"),
    )


def _lacks(line: tuple[str, ...], kind: SheetKind) -> Problem:
    names = "、".join(fields()[name].label for name in line)
    return Problem(
        "sheet-lacks-column",
        Message("缺少需要的栏目：{names}（有其一即可）。", names=names),
        why=Message("“{kind}”没有它就无法对上人。", kind=kind.label),
        fix=Message("请补上这一栏，或检查表头的写法。"),
    )


def _doubtful(heading: str, one: Field) -> Problem:
    return Problem(
        "column-values-odd",
        Message("“{heading}”栏像是“{field}”，但多数内容不是，没有使用。", heading=heading, field=one.label),
        fix=Message("请核对这一栏是否填错了位置。"),
    )
