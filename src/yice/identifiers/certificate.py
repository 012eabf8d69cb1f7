"""Numbers of the disability certificate (残疾人证号).

The eighteen characters of the citizen id, a category digit 1-7, a grade digit 1-4 (1 is the heaviest), and
B1, B2… for each replacement of a lost one. A new category or grade gives a new number, so a number is never
the key of a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yice.identifiers import citizen_id
from yice.identifiers.citizen_id import CitizenId
from yice.terms.errors import Problem
from yice.terms.messages import Message

# The position plus one is the digit in a number.
CATEGORIES = ("visual", "hearing", "speech", "physical", "intellectual", "psychiatric", "multiple")
CATEGORY_NAMES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
UNRATED = "9"  # the survey's grade for a person not yet assessed

_NUMBER = re.compile(r"([0-9]{17}[0-9X])([1-7])([1-4])(?:B([1-9][0-9]?)?)?")
_ID_ONLY = re.compile(r"[0-9]{17}[0-9X]")
_GRADES = {
    "1": 1, "一": 1, "壹": 1, "I": 1,
    "2": 2, "二": 2, "贰": 2, "II": 2,
    "3": 3, "三": 3, "叁": 3, "III": 3,
    "4": 4, "四": 4, "肆": 4, "IV": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Certificate:
    """A number as read. Without category and grade it is the id of somebody who holds no certificate."""

    number: str  # normalised: twenty characters and B1… if replaced; the id alone when uncertified
    citizen: CitizenId
    category: str | None = None
    grade: int | None = None
    replacement: int = 0  # how often it was replaced after a loss

    @property
    def certified(self) -> bool:
        return self.category is not None


def parse(text: str, *, allow_test_range: bool = False) -> Certificate:
    """Read a certificate number; a Problem when it has neither shape nor a sound id inside.

    Eighteen characters alone are somebody suspected of a disability and not certified, as the yearly survey
    keeps them. A plain "B" is the first replacement.
    """
    cleaned = citizen_id.clean(text)
    if match := _NUMBER.fullmatch(cleaned):
        number, category, grade, again = match.groups()
        replacement = int(again or 1) if "B" in cleaned else 0
        return Certificate(
            f"{number}{category}{grade}{f'B{replacement}' if replacement else ''}",
            _sound(number, allow_test_range),
            CATEGORIES[int(category) - 1],
            int(grade),
            replacement,
        )
    if _ID_ONLY.fullmatch(cleaned):
        return Certificate(cleaned, _sound(cleaned, allow_test_range))
    raise Problem(
        "certificate-shape",
        Message("残疾人证号的格式不对。"),
        why=Message("应为 20 位：18 位身份证号、1 位类别（1–7）、1 位等级（1–4），补办的后面加 B1、B2 等。"),
        fix=Message("请对照证件核对号码。"),
        field="certificate_number",
    )


def _sound(number: str, allow_test_range: bool) -> CitizenId:
    found = citizen_id.read(number, allow_test_range=allow_test_range)
    if not found.usable:
        raise Problem(
            "certificate-id",
            Message("残疾人证号里的身份证号通不过校验。"),
            fix=Message("请对照证件核对前 18 位。"),
            field="certificate_number",
        )
    return found


def category_of(text: str | int | None) -> str | None:
    """The category that a cell means: "肢体", "肢体残疾", "肢体二级", "4"; None when it says none."""
    cell = citizen_id.clean(str(text)) if text is not None else ""
    if cell in {"1", "2", "3", "4", "5", "6", "7"}:
        return CATEGORIES[int(cell) - 1]
    if "多重" in cell or sum(name in cell for name in CATEGORY_NAMES) > 1:
        return "multiple"
    return next((code for code, name in zip(CATEGORIES, CATEGORY_NAMES, strict=True) if name in cell), None)


def grade_of(text: str | int | None) -> int | None:
    """The grade that a cell means: "二级", "2级", "Ⅱ", "肢体二级", 2; None when unrated or unreadable."""
    cell = citizen_id.clean(str(text)) if text is not None else ""
    cell = cell.removesuffix(".0").removesuffix("残疾").removesuffix("级").lstrip("".join(CATEGORY_NAMES))
    return _GRADES.get(cell.removeprefix("残疾"))


def disagreements(
    certificate: Certificate,
    *,
    id_number: CitizenId | None = None,
    category: str | None = None,
    grade: int | None = None,
) -> list[Problem]:
    """Where a certificate number contradicts the id, category or grade written beside it; blanks never do."""
    problems: list[Problem] = []
    if id_number is not None and id_number.usable and id_number.text != certificate.citizen.text:
        problems.append(_differs("certificate-other-id", Message("残疾人证号的前 18 位与身份证号不同。")))
    if not certificate.certified:
        return problems
    if category is not None and category != certificate.category:
        problems.append(
            _differs("certificate-other-category", Message("残疾人证号里的类别与残疾类别栏不同。"))
        )
    if grade is not None and grade != certificate.grade:
        problems.append(_differs("certificate-other-grade", Message("残疾人证号里的等级与残疾等级栏不同。")))
    return problems


def _differs(code: str, what: Message) -> Problem:
    return Problem(
        code,
        what,
        why=Message("类别或等级变更后会换发新号。"),
        fix=Message("请以全国残疾人人口基础数据库为准核对。"),
        field="certificate_number",
    )
