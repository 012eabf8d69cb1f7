"""Papers: laid out by the pack, filled from the facts, blank where nothing is known; PDF, Word and Excel of the same."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from tests import factories as make
from tests.cast import COUNTY, NEXT_VILLAGE, VILLAGE, Cast
from tests.exchange import import_cast
from tests.exchange.import_cast import LIN
from tests.web.desk_world import World, at_work

from yice.accounts.access import Forbidden
from yice.accounts.services import install
from yice.audit.models import Event
from yice.audit.sentences import opened
from yice.exchange.imports import services as imports
from yice.exchange.imports import working
from yice.exchange.imports.steps import Alone
from yice.exchange.papers import filling, registers, services
from yice.exchange.papers.document import Document, Table
from yice.exchange.papers.notices import notice_document, notice_paper
from yice.exchange.papers.word import word
from yice.exchange.registers import register_rows
from yice.loop.identify.models import Facts, Person
from yice.network.models import Entry, Of
from yice.network.services import Row, receive
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
REASON = "报县残联存档"


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    found = at_work(cast, tmp_path)
    assert found.plan and found.notice and found.assessed and found.photo  # somebody was visited
    return found


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def words(content: bytes) -> str:
    book = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    return "\n".join(
        [*(one.text for one in book.paragraphs), *cells, book.sections[0].header.paragraphs[0].text]
    )


def abouts(world: World) -> list[filling.About]:
    return [
        filling.about_person(world.lin), filling.about_plan(world.plan), filling.about_case(world.notice.case)
    ]  # fmt: skip


def test_every_paper_comes_out_as_word_with_the_same_facts_and_says_whose_layout_it_is(world: World) -> None:
    seen = 0
    for about in abouts(world):
        for paper in filling.papers_of(about):
            made = services.print_paper(actor=world.cast.he, paper=paper.id, about=about, form="docx")
            said = words(made.content)
            assert "林小禾" in said and "非官方表样" in said and "演示数据" in said, paper.id
            assert world.lin.id_number not in said and "未知" not in said and "None" not in said, paper.id
            with zipfile.ZipFile(io.BytesIO(made.content)) as parts:  # the same facts make the same file
                assert {one.date_time[0] for one in parts.infolist()} == {1980}
            seen += 1
    assert seen == 8
    assert Event.objects.filter(code="paper.made").count() == 8


def test_an_application_carries_the_applicants_own_form_and_not_what_others_noted_later(world: World) -> None:
    world.notice.case.records.filter(step="first_check").update(values={"papers_checked": True})
    about = filling.about_case(world.notice.case)

    def printed(paper: str) -> str:
        return words(services.print_paper(actor=world.cast.he, paper=paper, about=about, form="docx").content)

    own, later = "同意核对家庭经济状况和享受待遇情况", "材料齐全并与原件相符"
    application, file = printed("application"), printed("case_file")
    assert own in application and later not in application
    assert own in file and later in file
    assert "一级" in application.split("残疾等级")[-1][:4]  # never a bare 1


def test_short_columns_stand_whole_and_the_long_ones_share_what_remains() -> None:
    head = ["姓名", "有效期至", *(f"很长的栏目名称之{n}" for n in range(20))]
    long = Table(head, [["欧阳明丽", "2030-05-22", *["江海区江南街道桥南社区居委会三巷"] * 10, *["否"] * 10]])
    page = Document("表", [("", long)], landscape=True)
    widths = long.widths(page.room(long))
    assert widths[0] > 8 and widths[1] > 11 and len(set(widths[2:12])) == 1
    assert sum(widths) <= page.room(long)
    section = docx.Document(io.BytesIO(word(page))).tables[0]
    assert section.columns[1].width > section.columns[0].width  # Word has them too
    assert section.rows[1].cells[0].paragraphs[0].runs[0].font.size.pt < 7.5


def test_a_pdf_is_tagged_and_every_page_of_a_demo_says_so(world: World) -> None:
    about = filling.about_person(world.lin)
    made = services.print_paper(actor=world.cast.he, paper="visit_record", about=about, form="pdf")
    read = PdfReader(io.BytesIO(made.content))
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("zh") and "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] and read.metadata
    assert read.metadata.title == "入户走访记录" and b"pdfuaid:part" in root["/Metadata"].get_data()
    assert all("演示数据" in page for page in pages(made.content))
    assert "林小禾" in pages(made.content)[0]


def test_a_notice_is_read_in_large_print_and_aloud(world: World) -> None:
    made = notice_paper(actor=world.cast.chen, notice=world.notice, form="pdf", large=True)
    said = "".join(pages(made.content)).replace("\n", "")
    for part in ("林小禾：", "为什么", "有疑问怎么办", "12385", "不同意怎么办"):
        assert part in said
    assert Event.objects.filter(code="notice.printed").exists()


def test_only_a_decision_says_how_to_object(world: World) -> None:
    titles = {}
    for kind in ("decision", "refusal", "stop", "information", "correction"):
        world.notice.kind = kind
        titles[kind] = {heading for heading, _part in notice_document(world.notice, large=False).parts}
    assert {kind for kind, found in titles.items() if "不同意怎么办" in found} == {
        "decision",
        "refusal",
        "stop",
    }
    assert all("有疑问怎么办" in found for found in titles.values())


def test_numbers_in_full_need_the_right_and_a_reason(world: World) -> None:
    how: dict[str, Any] = {
        "paper": "household_card",
        "about": filling.about_person(world.lin),
        "form": "docx",
        "whole": True,
    }
    with pytest.raises(Forbidden):
        services.print_paper(actor=world.cast.chen, reason=REASON, **how)
    with pytest.raises(Problem) as told:
        services.print_paper(actor=world.cast.he, reason="看", **how)
    assert told.value.field == "reason"
    made = services.print_paper(actor=world.cast.he, reason=REASON, **how)
    assert world.lin.id_number in words(made.content)
    event = Event.objects.filter(code="paper.made").latest("id")
    assert (event.values["numbers"], opened(event.values["reason"])) == ("完整", REASON)


def of(name: str, area: str = COUNTY) -> Any:
    return next(one for one in registers.registers(area) if one.id == name)


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_the_five_registers_of_a_place_by_filter(world: World) -> None:
    facts = Facts.objects.get(person=world.lin)
    facts.rest = {**facts.rest, "wish_to_work": True}
    facts.save()
    counts = {}
    for paper in registers.registers(COUNTY):
        made = services.print_register(
            actor=world.cast.he, paper=paper, chosen=registers.Chosen(COUNTY), form="xlsx"
        )
        counts[paper.id] = len(rows_of(made.content)) - 1
    assert counts.pop("village_return") > 3  # a line a village
    assert counts == {
        "register_basic": 3, "register_poor": 2, "register_employment": 1, "register_help": 1, "register_work": 1,
    }  # fmt: skip
    narrow = registers.Chosen(COUNTY, grade="1")
    made = services.print_register(
        actor=world.cast.he, paper=of("register_basic"), chosen=narrow, form="docx"
    )
    assert "林小禾" in words(made.content) and "周大山" not in words(made.content)
    with pytest.raises(Forbidden):
        services.print_register(
            actor=world.cast.chen, paper=of("register_basic"), chosen=registers.Chosen(VILLAGE), form="xlsx"
        )


def known() -> list[tuple[Any, ...]]:
    """Everything that the register holds of everybody."""
    people = Person.objects.order_by("id").select_related("facts")
    return [
        (one.name, one.sex, one.birth_date, one.id_number, one.phone, one.address, one.hukou, one.residence,
         one.household_id, one.facts.category, one.facts.grade, one.facts.certificate_status, one.facts.rural,
         one.facts.employed, one.facts.rest, one.facts.overrides,
         [(each.number, each.current) for each in one.certificates.order_by("id")])
        for one in people
    ]  # fmt: skip


def test_an_exported_register_comes_back_and_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    make.jianghai()
    import_cast.bring_in(cast.he, tmp_path, import_cast.everybody())
    before = known()
    made = services.print_register(
        actor=cast.he, paper=of("register_basic"), chosen=registers.Chosen(COUNTY), form="xlsx", whole=True,
        reason=REASON,
    )  # fmt: skip
    assert LIN in {cell for row in rows_of(made.content) for cell in row}
    path = tmp_path / "back.xlsx"
    path.write_bytes(made.content)
    batch = imports.receive(
        actor=cast.he, path=path, kind="registry", area=COUNTY, as_of=import_cast.AS_OF, whole=False
    )
    batch = working.stage_batch(batch, Alone())
    told = {
        name: batch.counts[name]
        for name in ("read", "refused", "added", "would_remove", "conflicts", "fields")
    }
    assert told == {"read": 4, "refused": 0, "added": 0, "would_remove": 0, "conflicts": 0, "fields": {}}
    assert batch.mapping["unknown"] == []
    working.commit_batch(batch, Alone(), actor=cast.he, accept_pauses=True)
    assert known() == before


@pytest.mark.slow
def test_libreoffice_opens_what_was_made(world: World) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip(
            "LibreOffice (soffice) is not on this machine: nobody has opened the Word and Excel files"
        )
    made = [
        services.print_paper(
            actor=world.cast.he, paper="help_plan", about=filling.about_plan(world.plan), form="docx"
        ),
        services.print_register(
            actor=world.cast.he, paper=of("register_basic"), chosen=registers.Chosen(COUNTY), form="xlsx"
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for one in made:
            path = Path(folder) / f"paper.{one.form}"
            path.write_bytes(one.content)
            subprocess.run(
                [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
                 "--outdir", folder, str(path)],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            assert "林小禾" in "".join(pages((Path(folder) / "paper.pdf").read_bytes()))


def test_the_return_of_a_village_is_filled_in_from_the_registers_and_comes_back_unchanged(
    world: World, tmp_path: Path
) -> None:
    he, june = world.cast.he, clock.today()

    def took(of: Of, *rows: Row, whole: tuple[str, ...] = ()) -> None:
        receive(actor=he, of=of, area=COUNTY, as_of=june, rows=rows, whole=whole)

    took(Of.POST, *(Row("commissioner", name, VILLAGE) for name in "甲乙"), whole=("commissioner",))
    told = {"residents": 3000, "village_volunteers": 1200, "village_accessible": ["entrance", "toilet"]}
    took(Of.AREA, Row("", VILLAGE, VILLAGE, told))
    paper = next(one for one in registers.registers(COUNTY) if one.id == "village_return")

    def printed() -> tuple[bytes, dict[str, dict[str, Any]]]:
        _n, _paper, workbook = registers.sheet(he, paper, registers.Chosen(COUNTY), whole=False)
        content = workbook()
        lines = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
        top = next(at for at, line in enumerate(lines) if "区划代码" in line)
        return content, {str(line[0]): dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]}

    content, before = printed()
    here, other = before[VILLAGE], before[NEXT_VILLAGE]
    assert (here["专职委员人数"], other["专职委员人数"]) == ("2", "0")  # counted: the register is complete
    assert here["助残志愿者人数"] == "1200" and here["已有的无障碍设施"] == "办事场所出入口、卫生间"
    assert here["有社区康复站"] is None  # nobody told, and no register says
    path = tmp_path / "return.xlsx"
    path.write_bytes(content)
    plan = filling.plan_at(COUNTY)
    took(Of.AREA, *register_rows(path, plan, Of.AREA))
    assert printed()[1] == before
    facts = Entry.objects.get(of=Of.AREA, area=VILLAGE, valid_to=None).facts
    assert facts == {**told, "village_commissioners": 2}  # what the form does not ask stays
