"""Rows to typed columns; bad rows are refused with a reason and hold up nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.columns_cast import AS_OF, DASHAN, OUYANG, WUJING, XIAOHE, codes, id_of, normal

from yice.exchange.columns import Places


def register(**more: list[str | None]) -> dict[str, list[str | None]]:
    return {
        "姓名": ["林小禾", "周大山"],
        "身份证号": [XIAOHE, DASHAN],
        "残疾类别": ["肢体", "视力"],
        "残疾等级": ["二级", "一级"],
        **more,
    }


def test_ids_give_birth_date_and_sex() -> None:
    table = normal(register()).table
    assert table["birth_date"].to_pylist() == [dt.date(1990, 5, 2), dt.date(1956, 11, 30)]
    assert table["sex"].to_pylist() == ["female", "male"]
    assert table["grade"].to_pylist() == [2, 1]
    assert table["parts"].to_pylist() == ["physical:2", "visual:1"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (XIAOHE[:17] + ("1" if XIAOHE[17] != "1" else "2"), "id-check-digit"),
        ("440799199013021234", "id-birth-date"),
        (id_of("2021-01-01"), None),  # sound, but born after the day looked at: see below
        ("4.40799E+17", "id-damaged-by-spreadsheet"),
        ("4.40799199005021E+17", "id-damaged-by-spreadsheet"),
        ("12345", "id-shape"),
        (None, "id-missing"),
    ],
)
def test_a_register_row_with_a_bad_number_is_refused_and_the_others_stand(
    number: str | None, code: str | None
) -> None:
    found = normal(register(身份证号=[number, DASHAN]))
    assert 3 in found.table["row"].to_pylist()
    if code:
        assert codes(found) == {2: [code]}
        assert found.table.num_rows + len(codes(found)) == found.read


def test_full_width_lower_case_spaced_and_fifteen_digit_numbers_are_read() -> None:
    fifteen = XIAOHE[:6] + XIAOHE[8:17]
    wide = "".join(chr(ord(one) + 0xFEE0) for one in DASHAN.lower())
    table = normal(register(身份证号=[fifteen, f" {wide} "])).table
    assert table["id_number"].to_pylist() == [XIAOHE, DASHAN]
    assert table["id_kind"].to_pylist() == ["from_15", "valid"]


def test_a_certificate_in_the_id_column_and_the_reverse_are_told_apart() -> None:
    found = normal(
        {
            "姓名": ["林小禾", "周大山"],
            "身份证号": [XIAOHE + "42", DASHAN],
            "残疾类别": ["肢体", "视力"],
            "残疾等级": ["二级", "一级"],
        }
    )
    assert found.table["id_number"].to_pylist() == [XIAOHE, DASHAN]
    assert found.table["certificate_number"].to_pylist() == [XIAOHE + "42", None]
    only = normal({"姓名": ["林小禾"], "残疾人证号": [XIAOHE], "残疾类别": [None], "残疾等级": ["未定级"]})
    assert only.table["id_number"].to_pylist() == [XIAOHE]
    assert only.table["certified"].to_pylist() == [False]


def test_a_certificate_of_somebody_else_is_refused() -> None:
    assert codes(normal(register(残疾人证号=[DASHAN + "42", None]))) == {2: ["certificate-other-id"]}


def test_a_certificate_that_contradicts_grade_or_category_leaves_them_unknown() -> None:
    found = normal(register(残疾人证号=[XIAOHE + "41", DASHAN + "41"]))
    assert found.table["grade"].to_pylist() == [None, 1]
    assert found.table["category"].to_pylist() == ["physical", None]
    assert {one.code for one in found.warnings} == {"certificate-other-grade", "certificate-other-category"}


def test_a_broken_id_is_replaced_by_the_sound_one_in_the_certificate() -> None:
    found = normal(register(身份证号=["4.40799E+17", DASHAN], 残疾人证号=[XIAOHE + "42B", None]))
    assert found.table["id_number"].to_pylist() == [XIAOHE, DASHAN]
    assert found.table["certificate_number"].to_pylist() == [XIAOHE + "42B1", None]


def test_of_a_person_with_two_certificates_the_one_in_force_stays() -> None:
    found = normal(
        {
            "姓名": ["林小禾", "林小禾"],
            "残疾人证号": [XIAOHE + "43", XIAOHE + "42"],
            "证件状态": ["注销", "正常"],
        },
        kind="registry",
    )
    assert codes(found) == {2: ["certificate-superseded"]}
    assert found.table["grade"].to_pylist() == [2]


def test_the_same_person_twice_in_force_leaves_the_grade_unknown() -> None:
    found = normal(
        {"姓名": ["林小禾", "林小禾"], "残疾人证号": [XIAOHE + "43", XIAOHE + "42"]}, kind="registry"
    )
    assert codes(found) == {3: ["person-twice"]}
    assert found.table["grade"].to_pylist() == [None]


def test_the_same_row_twice_is_refused_once() -> None:
    found = normal(
        {"姓名": ["林小禾"] * 2, "身份证号": [XIAOHE] * 2, "残疾类别": ["肢体"] * 2}, kind="registry"
    )
    assert codes(found) == {3: ["row-twice"]}


def test_a_village_of_another_county_is_refused() -> None:
    found = normal(register(户籍地代码=["440703001001", "440704001015"]))
    assert codes(found) == {2: ["area-outside"]}


@pytest.mark.parametrize(
    ("written", "code"),
    [("2020-07-01", "date-future"), ("2019-02-30", "date-impossible"), ("去年春天", "date-unreadable")],
)
def test_a_day_to_come_or_that_never_was_leaves_the_fact_unknown_and_says_so(written: str, code: str) -> None:
    found = normal(register(发证日期=[written, "2012年3月1日"]))
    assert found.table["issued_on"].to_pylist() == [None, dt.date(2012, 3, 1)]
    (warning,) = found.warnings
    assert (warning.row, warning.column, warning.code) == (2, "发证日期", code)
    assert written not in str(warning)


def test_names_of_places_become_codes() -> None:
    places = Places.of(
        "440704000000", "江海区", [("440704004000", "外海街道"), ("440704004203", "南山村委会")]
    )
    found = normal(register(街道=["外海", "外海街道"], 村=["南山村", "没有这村"]), places=places)
    assert found.table["hukou"].to_pylist() == ["440704004203", "440704004000"]


def test_an_expired_certificate_is_not_valid_whatever_its_column_says() -> None:
    found = normal(register(证件状态=["正常", "正常"], 有效期至=["2020.6.29", "长期"]))
    assert found.table["certificate_status"].to_pylist() == ["expired", "valid"]


def test_an_unknown_word_makes_the_fact_unknown_and_names_what_may_be_written() -> None:
    found = normal(register(户口性质=["农业", "地球"]))
    assert found.table["rural"].to_pylist() == [True, None]
    (warning,) = found.warnings
    assert (warning.row, warning.code) == (3, "value-unknown")
    assert "农业" in str(warning)
    assert "地球" not in str(warning)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("视力一级；肢体二级", "visual:1;physical:2"),
        ("肢体一级智力二级", "physical:1;intellectual:2"),
        ("肢体（一级）、智力（三级）", "physical:1;intellectual:3"),
        ("physical:1;intellectual", "physical:1;intellectual"),
        ("视力、肢体", "visual;physical"),
        ("肢体一级、心脏", None),
    ],
)
def test_a_part_is_kept_without_its_grade_and_a_word_that_is_no_part_makes_all_unknown(
    written: str, read: str | None
) -> None:
    found = normal(register(残疾类别=["多重", "多重"], 多重残疾明细=[written, "视力一级"]))
    assert found.table["parts"].to_pylist() == [read, "visual:1"]


def payroll(**more: list[str | None]) -> dict[str, list[str | None]]:
    return {
        "姓名": ["林小禾", "周大山"],
        "身份证号": [XIAOHE, DASHAN],
        "金额": ["285", "285.00"],
        "发放月份": ["2020年6月", "202006"],
        **more,
    }


def test_a_payroll_gives_months_kinds_and_sums() -> None:
    table = normal(payroll(发放类型=[None, "补发"]), kind="living_subsidy").table
    assert table["month"].to_pylist() == [dt.date(2020, 6, 1)] * 2
    assert table["pay_kind"].to_pylist() == ["regular", "arrears"]
    assert table["amount_fen"].to_pylist() == [28500, 28500]


def test_an_unreadable_or_missing_sum_is_refused() -> None:
    assert codes(normal(payroll(金额=["二百", None]), kind="living_subsidy")) == {
        2: ["money-unreadable"],
        3: ["amount-missing"],
    }


def test_a_list_keeps_rows_with_bad_numbers_for_matching() -> None:
    found = normal(payroll(身份证号=["4.40799E+17", DASHAN]), kind="living_subsidy")
    assert found.table["id_number"].to_pylist() == [None, DASHAN]
    assert found.table["id_written"].to_pylist()[0] is not None
    assert [one.code for one in found.warnings] == ["id-damaged-by-spreadsheet"]


def test_both_subsidies_in_one_sheet_fall_into_two() -> None:
    wide = {
        "姓名": ["林小禾", "周大山"],
        "身份证号": [XIAOHE, DASHAN],
        "生活补贴金额": ["110", None],
        "护理补贴金额": ["230", "130"],
    }
    parts = normal(wide, kind="two_subsidies").split()
    assert {kind: part.table["amount_fen"].to_pylist() for kind, part in parts.items()} == {
        "living_subsidy": [11000],
        "nursing_subsidy": [23000, 13000],
    }


def test_rows_marked_as_stopped_are_not_received() -> None:
    found = normal(payroll(发放状态=["正常", "停发"]), kind="living_subsidy")
    assert found.table["row"].to_pylist() == [2]
    assert [one.code for one in found.notes] == ["rows-stopped"]


def test_a_list_by_heads_says_that_members_are_not_named() -> None:
    found = normal(
        {"户主姓名": ["周大山"], "户主身份证号": [DASHAN], "保障人数": ["4"], "月保障金额": ["900"]},
        kind="subsistence",
    )
    assert found.by_household
    assert found.table["name"].to_pylist() == ["周大山"]
    assert found.table["income_class"].to_pylist() == ["subsistence"]


def test_insurance_without_a_kind_is_unknown_and_stopped_is_none() -> None:
    found = normal(
        {
            "姓名": ["林小禾", "周大山", "吴静"],
            "身份证号": [XIAOHE, DASHAN, WUJING],
            "险种类型": ["职工", None, "居民"],
            "参保状态": ["参保", "参保", "停保"],
        },
        kind="medical_insurance",
    )
    assert found.table["medical_kind"].to_pylist() == ["employee", None, "none"]


def test_a_death_to_come_is_refused() -> None:
    found = normal(
        {"姓名": ["周大山"], "身份证号": [DASHAN], "死亡日期": ["2031-01-01"]}, kind="deaths_registered"
    )
    assert codes(found) == {2: ["date-future"]}


CELLS = st.one_of(
    st.none(), st.text(max_size=24), st.sampled_from([XIAOHE, OUYANG + "42", "4.4E+17", "合计"])
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_every_row_is_kept_or_refused(
    rows: list[tuple[str | None, ...]],
) -> None:
    names, numbers, grades, dates = (list(column) for column in zip(*rows, strict=True))
    found = normal(
        {"姓名": names, "身份证号": numbers, "残疾等级": grades, "有效期至": dates}, kind="registry"
    )
    assert found.table.num_rows + len(codes(found)) == len(rows)
    assert all(
        birth <= AS_OF or birth.year > 2020 for birth in found.table["birth_date"].drop_null().to_pylist()
    )
