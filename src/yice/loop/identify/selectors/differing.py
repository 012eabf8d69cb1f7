"""Two values side by side, marked character by character, without giving away more than the difference.

A number stays masked; where it differs in one or two places each is told by its position and its two characters,
with more differences only how many there are. Of a birth date the year stands, and the same holds of the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yice.identifiers import masking
from yice.terms.messages import Message

FEW = 2  # places told; more would let the number be put together


@dataclass(frozen=True)
class Part:
    """A stretch of a value, alike or not."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Marked:
    ours: tuple[Part, ...]
    theirs: tuple[Part, ...]
    places: tuple[Message, ...] = ()


def plain(ours: str, theirs: str) -> Marked:
    """Names and places of no secrecy: every character shown."""
    if not ours or not theirs:
        return Marked(_whole(ours), _whole(theirs))
    return Marked(_marked(ours, theirs), _marked(theirs, ours))


def number(ours: str, theirs: str) -> Marked:
    return Marked(_whole(masking.id_number(ours)), _whole(masking.id_number(theirs)), _places(ours, theirs))


def phone(ours: str, theirs: str) -> Marked:
    return Marked(_whole(masking.phone(ours)), _whole(masking.phone(theirs)), _places(ours, theirs))


def address(ours: str, theirs: str) -> Marked:
    """Down to the village, as everywhere; that the rest is alike or not is said by its level."""
    return plain(masking.address(ours), masking.address(theirs))


def birth(ours: str, theirs: str) -> Marked:
    return Marked(_whole(_year(ours)), _whole(_year(theirs)), _places(ours, theirs))


def _year(text: str) -> str:
    return f"{text[:4]}-**-**" if text else ""


def _whole(text: str) -> tuple[Part, ...]:
    return (Part(text, False),) if text else ()


def _places(ours: str, theirs: str) -> tuple[Message, ...]:
    if not ours or not theirs or ours == theirs:
        return ()
    if len(ours) != len(theirs):
        return (Message("长度不同：{ours} 位和 {theirs} 位", ours=len(ours), theirs=len(theirs)),)
    at = [place for place, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other]
    if len(at) > FEW:
        return (Message("有 {count} 位不同", count=len(at)),)
    return tuple(
        Message("第 {place} 位：{ours} 和 {theirs}", place=place + 1, ours=ours[place], theirs=theirs[place])
        for place in at
    )


def _marked(text: str, other: Sequence[str]) -> tuple[Part, ...]:
    """Stretches by whether the same character stands at the same place of the other."""
    parts: list[Part] = []
    for place, character in enumerate(text):
        differs = place >= len(other) or other[place] != character
        if parts and parts[-1].differs == differs:
            parts[-1] = Part(parts[-1].text + character, differs)
        else:
            parts.append(Part(character, differs))
    return tuple(parts)
