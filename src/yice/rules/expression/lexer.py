"""Text to tokens. Anything outside the subset is refused with what to write instead."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yice.rules.expression.faults import fault
from yice.rules.words import Place
from yice.terms.messages import Message

MAX_LENGTH = 2_000  # characters of one expression; the longest in any plan read so far has 240

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<int>\d+)(?![\w.])
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<op>&&|\|\||[!=<>]=|[-+*/%<>!?:()\[\],])""",
    re.VERBOSE,
)
_MEND = {
    "=": "==",
    "&": "&&",
    "|": "||",
    "<>": "!=",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}
_WORDS = {"and": "&&", "or": "||", "not": "!"}


@dataclass(frozen=True)
class Token:
    """kind: int, string, name, op or end; `at` counts characters from 0."""

    kind: str
    text: str
    at: int


def tokens(text: str, place: Place) -> list[Token]:
    """The tokens of `text`, an `end` token last."""
    if len(text) > MAX_LENGTH:
        raise fault("expr-limit", Message("表达式超过 {limit} 个字符。", limit=MAX_LENGTH), place=place)
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stray(text, at, place)
        kind = match.lastgroup or ""
        if kind == "name" and match.group() in _WORDS:
            right = _WORDS[match.group()]
            raise fault(
                "expr-syntax", Message("这里不能写 {word}。", word=match.group()), place=place, text=text, at=at,
                fix=Message("请改写为 {right}。", right=right),
            )  # fmt: skip
        if kind != "space":
            found.append(Token(kind, match.group(), at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _stray(text: str, at: int, place: Place) -> Exception:
    sign = text[at]
    plain = _MEND.get(sign) or unicodedata.normalize("NFKC", sign)
    if sign in "\"'":
        what, fix = Message("引号没有配对。"), Message("请在同一行内补上结尾的引号。")
    elif sign.isdigit():
        what, fix = Message("这里不是整数。"), Message("只用整数：金额以分为单位。")
    elif plain != sign:
        what = Message("这里不能写 {sign}。", sign=sign)
        fix = Message("请改写为半角的 {right}。", right=plain)
    else:
        what, fix = Message("认不出 {sign}。", sign=sign), Message("名称和运算符只用半角字符。")
    return fault("expr-syntax", what, place=place, text=text, at=at, fix=fix)
