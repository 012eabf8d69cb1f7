"""The division tree follows one edition after another."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from yice.areas.models import Area, Tier
from yice.areas.selectors import area_of, children, path_to, present
from yice.areas.services import Loaded, load_divisions
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db

DAY, LATER = dt.date(2023, 6, 30), dt.date(2024, 6, 30)
FILES = {
    "provinces": "code,name",
    "cities": "code,name,provinceCode",
    "areas": "code,name,cityCode,provinceCode",
    "streets": "code,name,areaCode,provinceCode,cityCode",
    "villages": "code,name,streetCode,provinceCode,cityCode,areaCode",
}
JIANGMEN = {
    "provinces": ['44,"广东省"'],
    "cities": ['4407,"江门市",44'],
    "areas": ['440704,"江海区",4407,44'],
    "streets": ['440704001,"江南街道",440704,44,4407'],
    "villages": [
        '440704001001,"江南社区居委会",440704001,44,4407,440704',
        '440704001002,"滘头社区居委会",440704001,44,4407,440704',
    ],
}


def write(folder: Path, rows: dict[str, list[str]]) -> Path:
    """An edition of the list's shape."""
    folder.mkdir(exist_ok=True)
    for name, heading in FILES.items():
        (folder / f"{name}.csv").write_text("\n".join([heading, *rows[name], ""]), "utf-8")
    return folder


def test_a_province_comes_with_all_its_places_and_a_second_load_changes_nothing() -> None:
    assert load_divisions(provinces=["44"]) == Loaded(DAY, places=28743, added=28743, changed=0, ended=0)
    assert load_divisions(provinces=["44"]) == Loaded(DAY, places=28743, added=0, changed=0, ended=0)
    assert area_of("440704000000").name == "江海区"
    assert [street.name for street in children("440704000000")] == ["江南街道", "外海街道", "礼乐街道"]


def test_beijing_has_no_prefecture_so_its_districts_stand_under_the_city() -> None:
    load_divisions(provinces=["11"])
    assert not Area.objects.filter(code="110100000000").exists()
    assert children("110000000000").count() == 16
    assert [place.name for place in path_to("110101001001")] == [
        "北京市",
        "东城区",
        "东华门街道",
        "多福巷社区居委会",
    ]


@pytest.mark.parametrize(
    ("code", "tiers"),
    [
        ("441900000000", [Tier.PREFECTURE, Tier.COUNTY]),
        ("442000000000", [Tier.PREFECTURE, Tier.COUNTY]),
        ("460400000000", [Tier.PREFECTURE, Tier.COUNTY]),
        ("350527000000", [Tier.COUNTY, Tier.TOWNSHIP, Tier.VILLAGE]),
    ],
)
def test_a_code_that_stands_on_several_tiers_is_one_place(code: str, tiers: list[Tier]) -> None:
    load_divisions(provinces=[code])
    assert list(area_of(code).tiers) == tiers
    assert area_of(code).parent_id != code


def test_townships_of_a_city_without_counties_stand_under_the_city_itself() -> None:
    load_divisions(provinces=["46"])
    assert next(place.name for place in children("460400000000")) == "那大镇"


def test_a_county_directly_under_its_province_has_no_made_up_prefecture() -> None:
    load_divisions(provinces=["46"])
    assert area_of("469001000000").parent_id == "460000000000"  # 五指山市


def test_gacha_and_development_zones_are_villages_and_counties_like_others() -> None:
    load_divisions(provinces=["15"])
    gacha = Area.objects.filter(name__contains="嘎查").order_by("code").first()
    assert gacha is not None
    assert gacha.tier == Tier.VILLAGE
    zone = area_of("150172000000")
    assert (zone.name, zone.tier, zone.parent_id) == ("呼和浩特经济技术开发区", Tier.COUNTY, "150100000000")


def test_everything_below_a_place_lies_in_its_range_and_nothing_else() -> None:
    load_divisions(provinces=["35"])
    for prefix in ("35", "3501", "350102", "350102001", "350527"):
        place = area_of(prefix.ljust(12, "0"))
        inside = Area.objects.filter(code__gte=place.code, code__lt=place.end)
        assert inside
        assert set(inside) == set(Area.objects.filter(code__startswith=prefix))


def test_a_code_of_the_past_leads_to_what_became_of_it() -> None:
    load_divisions(provinces=["11", "35"])
    chongwen = area_of("110103000000")
    assert (chongwen.name, chongwen.valid_to) == ("崇文区", dt.date(2010, 6, 30))
    assert present(chongwen).name == "东城区"
    changle = area_of("350112000000")
    assert changle.valid_from == area_of("350182000000").valid_to + dt.timedelta(days=1)  # type: ignore[operator]


def test_a_later_edition_ends_what_it_no_longer_names_and_dates_what_is_new(tmp_path: Path) -> None:
    load_divisions(folder=write(tmp_path / "first", JIANGMEN), edition=DAY)
    later = JIANGMEN | {
        "villages": [
            '440704001001,"江南村社区居委会",440704001,44,4407,440704',
            '440704001003,"新村社区居委会",440704001,44,4407,440704',
        ]
    }
    done = load_divisions(folder=write(tmp_path / "later", later), edition=LATER)
    assert (done.added, done.ended, done.places) == (1, 1, 6)
    assert area_of("440704001001").name == "江南村社区居委会"
    assert area_of("440704001002").valid_to == dt.date(2024, 6, 29)
    assert area_of("440704001003").valid_from == LATER
    street = "440704001000"
    assert [place.code[-1] for place in children(street, on=DAY)] == ["1", "2"]
    assert [place.code[-1] for place in children(street, on=LATER)] == ["1", "3"]


def test_a_place_named_again_stands_again(tmp_path: Path) -> None:
    fewer = JIANGMEN | {"villages": JIANGMEN["villages"][:1]}
    load_divisions(folder=write(tmp_path / "first", JIANGMEN), edition=DAY)
    load_divisions(folder=write(tmp_path / "second", fewer), edition=LATER)
    load_divisions(folder=write(tmp_path / "third", JIANGMEN), edition=dt.date(2025, 6, 30))
    assert area_of("440704001002").valid_to is None


def test_an_older_edition_is_refused(tmp_path: Path) -> None:
    load_divisions(folder=write(tmp_path / "later", JIANGMEN), edition=LATER)
    with pytest.raises(Problem, match="不能再装入更早"):
        load_divisions(folder=write(tmp_path / "first", JIANGMEN), edition=DAY)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"provinces": ["98"]}, "没有省级代码 98"),
        ({"folder": Path("/nowhere")}, "找不到区划数据文件"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        load_divisions(**arguments)  # type: ignore[arg-type]


def test_a_list_without_a_day_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="哪一天"):
        load_divisions(folder=write(tmp_path / "undated", JIANGMEN))
