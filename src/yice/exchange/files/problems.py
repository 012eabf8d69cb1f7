"""The sentences said of files that cannot be read as they are."""

from __future__ import annotations

from yice.terms.errors import Problem
from yice.terms.messages import Message


def not_a_table(what: Message, fix: Message, code: str = "file-not-a-table") -> Problem:
    return Problem(code, what, fix=fix)


def damaged() -> Problem:
    return Problem(
        "file-damaged",
        Message("这个表格文件已损坏或不完整，无法打开。"),
        why=Message("可能是没有下载或复制完。"),
        fix=Message("请用 Excel 或 WPS 打开原件，另存为 .xlsx 后再试；打不开就请对方重发。"),
    )


def bomb() -> Problem:
    return Problem(
        "file-unpacks-too-large",
        Message("这个文件解开后大得不正常，没有打开它。"),
        why=Message("小小的压缩包里藏着极大的内容，可能会耗尽电脑的内存。"),
        fix=Message("请确认文件来源；如果是正常的表格，请只复制有数据的区域，另存为新的 .xlsx。"),
    )


def too_large(size: int, limit: int) -> Problem:
    return Problem(
        "file-too-large",
        Message("文件有 {size} MB，超过了 {limit} MB 的上限。", size=size >> 20, limit=limit >> 20),
        fix=Message("请按乡镇（街道）拆成几个文件，或只留需要的列。"),
    )


def too_wide(count: int, limit: int) -> Problem:
    return Problem(
        "sheet-too-wide",
        Message("表中有数据的最右一列是第 {count} 列，超过了 {limit} 列的上限。", count=count, limit=limit),
        why=Message("多半是远处有误填的单元格。"),
        fix=Message("请删去右侧无用的列后再试。"),
    )


def too_long(count: int, limit: int) -> Problem:
    return Problem(
        "sheet-too-long",
        Message("表中有 {count} 行，超过了 {limit} 行的上限。", count=count, limit=limit),
        fix=Message("请按乡镇（街道）拆成几个文件。"),
    )


def cell_too_long(row: int | None, column: int | None, limit: int) -> Problem:
    where = (
        None
        if row is None
        else Message("第 {row} 行", row=row)
        if column is None
        else Message("第 {row} 行第 {column} 列", row=row, column=column)
    )
    return Problem(
        "cell-too-long",
        Message("有一个单元格的文字超过 {limit} 个字符。", limit=limit),
        where=where,
        why=Message("名单的单元格不会这么长，可能是引号不成对，把许多行连成了一格。"),
        fix=Message("请检查这一格和它前面的引号。"),
    )


def in_sheet(problem: Problem, sheet: str) -> Problem:
    """The same problem, said of a sheet."""
    where = Message("工作表“{sheet}”", sheet=sheet)
    if problem.where is not None:
        where = Message("工作表“{sheet}”{place}", sheet=sheet, place=problem.where)
    return Problem(
        problem.code, problem.what, where=where, why=problem.why, fix=problem.fix, field=problem.field
    )
