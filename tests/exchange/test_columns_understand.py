"""What a sheet is taken for, and which heading means what."""

from __future__ import annotations

import pytest
from tests.exchange.columns_cast import XIAOHE, sheet

from yice.exchange.columns import understand
from yice.exchange.vocabulary import field_of, fields, fold_heading, kinds, value_of
from yice.terms.periods import Month


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("公民身份号码", "id_number"),
        ("＊身份证 号码：", "id_number"),
        ("证件号", "id_number"),
        ("残疾登记证号", "certificate_number"),
        ("第二代残疾人证号", "certificate_number"),
        ("残疾登记", "grade"),
        ("村（社区）", "hukou_village"),
        ("补贴金额（元）", "amount_fen"),
        ("社会保障号码（身份证号）", "id_number"),
        ("困难类型", "income_class"),
    ],
)
def test_headings_met_in_the_field_are_known(heading: str, field: str) -> None:
    found = field_of(heading)
    assert found is not None
    assert found.name == field


@pytest.mark.parametrize(
    ("table", "cell", "code"),
    [
        ("grade", "Ⅱ级", "2"),
        ("grade", "壹级", "1"),
        ("grade", "３", "3"),
        ("category", "7", "multiple"),
        ("rural", "1.农业", "true"),
        ("bool", "√", "true"),
        ("bool", "无", "false"),
        ("income_class", "低保边缘家庭", "low_income"),
        ("income_class", "否", None),  # not on subsistence: says nothing of the other classes
        ("pay_kind", "补发", "arrears"),
        ("benefit", "护补", "nursing_subsidy"),
    ],
)
def test_words_in_cells_become_codes(table: str, cell: str, code: str | None) -> None:
    assert value_of(table, cell) == code


def test_no_heading_means_two_things() -> None:
    met: dict[str, str] = {}
    for one in fields().values():
        for heading in one.headings:
            key = fold_heading(heading) or heading
            assert met.setdefault(key, one.name) == one.name, heading


def test_kinds_speak_only_of_fields_that_exist() -> None:
    for kind in kinds().values():
        named = [
            *kind.headings.values(),
            *kind.marks,
            *kind.against,
            *(name for line in kind.needs for name in line),
        ]
        assert set(named) <= set(fields()), kind.id


WHO: dict[str, list[str | None]] = {"姓名": ["林小禾"], "身份证号": [XIAOHE]}


@pytest.mark.parametrize(
    ("file", "more", "kind"),
    [
        ("名册.xlsx", {"残疾类别": ["肢体"], "残疾等级": ["二级"], "户口性质": ["农业"]}, "registry"),
        ("6月困补.xlsx", {"金额": ["285"], "银行账号": ["1"], "残疾类别": ["肢体"]}, "living_subsidy"),
        ("发放.xlsx", {"补贴类型": ["护理补贴"], "补贴金额": ["285"]}, "nursing_subsidy"),
        ("低保.xlsx", {"户主姓名": ["林小禾"], "与户主关系": ["户主"], "月保障金额": ["900"]}, "subsistence"),
        ("名单.xlsx", {"死亡日期": ["2020-01-01"], "火化日期": ["2020-01-03"]}, "deaths_funeral"),
        ("名单.xlsx", {"学籍号": ["G1"], "学校名称": ["礼乐小学"]}, "school_roll"),
        ("医保.xlsx", {"参保状态": ["正常"], "险种类型": ["城乡居民"]}, "medical_insurance"),
        ("户.xlsx", {"户编号": ["H1"], "与户主关系": ["户主"], "户主姓名": ["林小禾"]}, "households"),
    ],
)
def test_a_kind_is_recognised_from_headings_values_and_name(
    file: str, more: dict[str, list[str | None]], kind: str
) -> None:
    assert understand(sheet(WHO | more), file_name=file).kind == kind


def test_a_sheet_that_is_nothing_known_says_what_it_lacks() -> None:
    found = understand(sheet({"品名": ["轮椅"], "数量": ["3"]}))
    assert (found.kind, [one.code for one in found.problems]) == ("", ["sheet-kind-unknown"])


def test_a_kind_given_by_hand_still_needs_its_columns() -> None:
    found = understand(sheet({"姓名": ["林小禾"]}), kind="living_subsidy")
    assert [one.code for one in found.problems] == ["sheet-lacks-column"]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2020年6月发放表", Month(2020, 6)),
        ("困补202006.xlsx", Month(2020, 6)),
        ("2020年第二季度", Month(2020, 6)),
        ("440704.xlsx", None),
    ],
)
def test_the_month_is_read_from_title_or_file_name(text: str, month: Month | None) -> None:
    payroll = WHO | {"金额": ["285"], "银行账号": ["1"]}
    assert understand(sheet(payroll), kind="living_subsidy", file_name=text).month == month


def test_a_column_whose_values_do_not_bear_out_its_heading_is_left_aside() -> None:
    found = understand(sheet(WHO | {"残疾类别": ["肢体"], "性别": ["13800000000"]}), kind="registry")
    assert "sex" not in found.fields
    assert [one.code for one in found.warnings] == ["column-values-odd"]


def test_a_person_may_correct_what_a_column_means() -> None:
    found = understand(
        sheet(WHO | {"残疾类别": ["肢体"], "甲": ["二级"]}), kind="registry", fields={"甲": "grade"}
    )
    assert found.mapping[3] == "grade"


def test_members_in_columns_beside_their_head_become_rows() -> None:
    found = understand(
        sheet(
            {
                "户主姓名": ["周大山", "吴静"],
                "户主身份证号": ["1", "2"],
                "成员1姓名": ["林小禾", None],
                "成员1身份证号": [XIAOHE, None],
                "成员1与户主关系": ["女", None],
                "月保障金额": ["900", "500"],
            }
        ),
        kind="subsistence",
    )
    assert found.sheet is not None
    assert found.sheet.rows.tolist() == [2, 2, 3]
    assert found.sheet.columns[found.headers.index("成员姓名")].to_pylist() == ["周大山", "林小禾", "吴静"]
