"""What was mistyped on the command line, and the fixed words of its help, in the reader's language.

Typer and pydantic say these in English only; here each kind of slip has a sentence of its own.
"""

from __future__ import annotations

import os
import re
from typing import Any

from typer._click import exceptions as usage
from typer._click.core import Command, Context

from yice.terms.messages import Message, gettext_noop, in_english, listed

_SLIPS = {  # pydantic's kind of error → what is wanted
    "int_parsing": gettext_noop("要写整数"),
    "int_from_float": gettext_noop("要写整数"),
    "float_parsing": gettext_noop("要写数字"),
    "bool_parsing": gettext_noop("要写 true 或 false"),
    "greater_than_equal": gettext_noop("不能小于 {ge}"),
    "greater_than": gettext_noop("要大于 {gt}"),
    "less_than_equal": gettext_noop("不能大于 {le}"),
    "less_than": gettext_noop("要小于 {lt}"),
    "enum": gettext_noop("要从这些里选：{expected}"),
    "literal_error": gettext_noop("要从这些里选：{expected}"),
}
_HELP = (
    (re.compile(r"^Usage: ", re.MULTILINE), "用法："),
    (re.compile(r"^Options:", re.MULTILINE), "选项："),
    (re.compile(r"^Arguments:", re.MULTILINE), "参数："),
    (re.compile(r"^Commands:", re.MULTILINE), "命令："),
    (re.compile(re.escape("Show this message and exit.")), "显示这份说明"),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]…"),
    (re.compile(r"(?<=[\[;])( ?)required(?=[\];])"), r"\1必填"),
    (re.compile(r"(?<=[\[;])( ?)default: "), r"\1默认："),
    (re.compile(r"(?<=[\[;])( ?)env var: "), r"\1环境变量："),
)


def sentence(error: usage.UsageError) -> Message:
    """What was mistyped, and where the usage stands."""
    at = error.ctx.command_path if error.ctx else "yice"
    if isinstance(error, usage.NoSuchOption):
        near = listed(sorted(error.possibilities or ()))
        if near:
            return Message(
                "{at} 没有选项 {name}，是否想用 {near}？", at=at, name=error.option_name, near=near
            )
        return Message("{at} 没有选项 {name}。用 {at} --help 查看用法。", at=at, name=error.option_name)
    if isinstance(error, usage.MissingParameter):
        return Message("{at} 还缺 {name}。用 {at} --help 查看用法。", at=at, name=_name(error))
    if isinstance(error, usage.BadOptionUsage):
        if "does not take" in error.message:
            return Message("{name} 后面不带值。用 {at} --help 查看用法。", at=at, name=error.option_name)
        return Message("{name} 后面要写它的值。用 {at} --help 查看用法。", at=at, name=error.option_name)
    if isinstance(error, usage.BadParameter):
        return Message(
            "{name} 的值不对：{wanted}。用 {at} --help 查看用法。",
            at=at,
            name=_name(error),
            wanted=_wanted(error),
        )
    return _other(error, at)


def _name(error: usage.BadParameter) -> str:
    """The option as it is typed, or what stands in its place in the usage line."""
    param: Any = error.param
    if param is None:
        return str(error.param_hint or "")
    if param.param_type_name == "argument":
        return str(param.get_error_hint()).strip("'")
    variable = param.envvar if isinstance(param.envvar, str) else ""
    return variable if os.environ.get(variable) else str(param.opts[0])


def _wanted(error: usage.BadParameter) -> Message:
    cause: Any = error.__cause__
    first = cause.errors()[0] if hasattr(cause, "errors") else {}
    if of := re.search(r"is not one of (.*)\.$", first.get("msg", "")):
        return Message(_SLIPS["enum"], expected=listed(of[1].replace("'", "").split(", ")))
    text = _SLIPS.get(first.get("type", ""), gettext_noop("看不懂"))
    return Message.of(text, first.get("ctx", {}))


def _other(error: usage.UsageError, at: str) -> Message:
    """Of the rest Typer tells only in words what it is."""
    if found := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message):
        return Message("{at} 后面多了：{extra}。用 {at} --help 查看用法。", at=at, extra=found[1])
    command: Any = error.ctx.command if error.ctx else None
    if hasattr(command, "list_commands"):
        names = listed(command.list_commands(error.ctx))
        return Message("{at} 后面要写其中一个命令：{names}。", at=at, names=names)
    return Message("用法有误。用 {at} --help 查看用法。", at=at)


def translate_help() -> None:
    """Have every command's help come out in Chinese for who reads Chinese; what it tells is Chinese already.

    A list of commands says what each does to the end: cut after 45 letters it says neither this nor that.
    """
    spoken = Command.get_help

    def get_short_help(self: Command, limit: int = 0) -> str:
        return " ".join((self.short_help or self.help or "").split("\n\n")[0].split())

    def get_help(self: Command, ctx: Context) -> str:
        text = spoken(self, ctx)
        if in_english():
            return text
        for pattern, word in _HELP:
            text = pattern.sub(word, text)
        return text

    Command.get_help = get_help  # type: ignore[method-assign]
    Command.get_short_help_str = get_short_help  # type: ignore[method-assign]
