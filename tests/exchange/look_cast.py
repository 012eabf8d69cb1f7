"""A county of five people with its register and lists as files, for the first look."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from tests.exchange.columns_cast import DASHAN, OUYANG, WUJING, XIAOHE, id_of

from yice.exchange.look import Choices, Report, look

VILLAGE = "440704001015"
MEIHUA = id_of("1962-03-09", 6)  # 何梅花
NAMES = {XIAOHE: "林小禾", DASHAN: "周大山", WUJING: "吴静", OUYANG: "欧阳明", MEIHUA: "何梅花"}


@dataclass
class County:
    """Five holders of grade 1 or 2, four of them on the subsistence list; the payroll is each test's own."""

    folder: Path
    grades: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, "二级"))
    payroll: list[tuple[str, str | None, float]] = field(default_factory=list)
    subsistence: list[str] = field(default_factory=lambda: [XIAOHE, DASHAN, OUYANG, MEIHUA])
    deaths: list[tuple[str, str, str]] = field(default_factory=list)
    at_work: dict[str, tuple[str, str]] = field(default_factory=dict)  # 就业状况, 更新日期

    def files(self) -> list[str]:
        made = [
            self._write(
                "江海区残疾人名册.xlsx",
                ["姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "残疾人证状态", "户籍地代码"]
                + (["就业状况", "更新日期"] if self.at_work else []),
                [
                    [
                        NAMES[one],
                        one,
                        one + "4" + str(" 一二三四".index(grade[0])),
                        "肢体",
                        grade,
                        "正常",
                        VILLAGE,
                        *self.at_work.get(one, ()),
                    ]
                    for one, grade in self.grades.items()
                ],
            ),
            self._write(
                "2020年6月困难残疾人生活补贴发放表.xlsx",
                ["姓名", "身份证号", "金额", "银行账号"],
                [[name, number, amount, "62"] for name, number, amount in self.payroll],
            ),
            self._write(
                "2020年6月低保名单.xlsx",
                ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系"],
                [[NAMES[one], one, NAMES[one], one, "户主"] for one in self.subsistence],
            ),
            self._write(
                "低收入名单2020年6月.xlsx",
                ["户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系"],
                [["外人", id_of("1970-01-01"), "外人", id_of("1970-01-01"), "户主"]],
            ),
            self._write(
                "特困人员2020年6月.xlsx",
                ["姓名", "身份证号", "生活自理能力"],
                [["外人", id_of("1970-01-01"), "自理"]],
            ),
        ]
        if self.deaths:
            made.append(
                self._write(
                    "火化2020年6月.xlsx",
                    ["姓名", "身份证号", "死亡日期", "火化日期"],
                    [[name, number, day, day] for name, number, day in self.deaths],
                )
            )
        return made

    def look(self, **choices: object) -> Report:
        return look(self.files(), Choices(**choices))  # type: ignore[arg-type]

    def _write(self, name: str, heads: list[str], rows: list[list[object]]) -> str:
        book = openpyxl.Workbook()
        for row in (heads, *rows):
            book.active.append(row)
        book.save(self.folder / name)
        return str(self.folder / name)
