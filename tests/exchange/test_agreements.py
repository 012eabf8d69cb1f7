"""Lists as agreements: what is due, late, chased, damaged, kept; and doubts that go to the owner and come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people
from tests.exchange.test_import_list import paid, payroll

from yice.accounts import access
from yice.accounts.services import install
from yice.audit.models import Event
from yice.exchange.agreements import asking, selectors, services, sheet
from yice.exchange.agreements.doubts import find
from yice.exchange.agreements.needed import lists_of, used_lists
from yice.exchange.agreements.periods import after_months, late, period_of
from yice.exchange.models import Agreement, Doubt, DoubtState
from yice.identifiers import sealing
from yice.jobs.leases import claim
from yice.jobs.runner import attempt
from yice.loop.identify.models import EntryVersion, ListEntry, ListLink, ListReceipt
from yice.policy import selectors as policy
from yice.terms.errors import Problem, Problems

DAY = dt.date.fromisoformat
JUNE = DAY("2020-06-01")


def terms(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "nursing_subsidy", "title": "护理补贴发放表", "sender": "区民政局", "contact": "福利科 0750-0000000",
        "basis": "国发〔2015〕52号", "every": "month", "due_days": 10, "since": JUNE, "until": None,
        "keeps": "姓名、证件号（加密）、金额", "keep_months": 12, **changes,
    }  # fmt: skip


def agreed(cast: Cast, slot: str = "shared_05", **changes: Any) -> Agreement:
    return services.agree(actor=cast.luo, area=COUNTY, slot=slot, said=terms(**changes))


def fill(path: Path, **columns: str) -> Path:
    """The owner writes into the columns of the row whose name is `of`."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in page.iter_rows(min_row=2):
        if row[heads[sheet.NAME] - 1].value == columns["of"]:
            for head, value in columns.items():
                if head != "of":
                    page.cell(row[0].row, heads[head], value)
    book.save(path)
    return path


# --- without a database ---


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        ("month", "2020-02-29", "2020-02-01", "2020-02-29"),
        ("quarter", "2020-05-31", "2020-04-01", "2020-06-30"),
        ("year", "2020-12-31", "2020-01-01", "2020-12-31"),
    ],
)
def test_a_day_lies_in_its_period(every: str, day: str, first: str, last: str) -> None:
    found = period_of(every, DAY(day))
    assert (found.first, found.last) == (DAY(first), DAY(last))


def test_a_period_is_late_once_its_days_are_over_and_nothing_came() -> None:
    def months(received: set[dt.date], today: str, until: str | None = None) -> list[int]:
        end = DAY(until) if until else None
        return [one.first.month for one in late("month", DAY("2020-03-01"), end, 10, received, DAY(today))]

    assert months(set(), "2020-06-10") == [3, 4]
    assert months(set(), "2020-06-11") == [3, 4, 5]
    assert months({DAY("2020-04-01")}, "2020-06-30") == [3, 5]
    assert months(set(), "2020-06-30", until="2020-03-31") == [3]


def test_rows_are_kept_to_the_end_of_a_month() -> None:
    assert after_months(DAY("2020-01-31"), 1) == DAY("2020-02-29")
    assert after_months(DAY("2019-12-01"), 24) == DAY("2021-12-31")


# --- agreements ---

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(cast: Cast) -> None:
    install(demo=True)
    make.jianghai()


def test_the_catalogue_has_28_places_and_says_which_are_not_named(cast: Cast) -> None:
    area, lines = selectors.board(cast.luo)
    assert (area, len(lines)) == (COUNTY, 28)
    by_slot = {one.slot.id: one for one in lines if one.slot}
    assert by_slot["shared_01"].state == "unagreed" and by_slot["shared_28"].state == "unnamed"
    assert [one.state for one in lines].count("unnamed") == 9
    assert lines[0].state == "unagreed" and lines[-1].state == "unnamed"


def test_nobody_is_asked_for_a_list_that_no_plan_uses() -> None:
    installed = policy.pack_for(COUNTY)
    assert installed is not None
    used = lists_of(policy.plan(installed))
    assert {"subsistence", "living_subsidy", "nursing_subsidy", "deaths_registered"} <= used
    assert used_lists(COUNTY) == used and used_lists("990000000000") == set()


def test_an_agreement_is_written_once_and_changed_with_its_version(cast: Cast) -> None:
    row = agreed(cast)
    with pytest.raises(Problem, match="已经有了变化"):
        services.agree(actor=cast.luo, area=COUNTY, slot="shared_05", said=terms(title="别的"), version=0)
    with pytest.raises(Problem, match="已经另有约定"):
        services.agree(actor=cast.luo, area=COUNTY, slot="", said=terms(title="别的"), version=0)
    changed = services.agree(actor=cast.luo, area=COUNTY, slot="shared_05", said=terms(due_days=5), version=1)
    assert (changed.pk, changed.due_days) == (row.pk, 5)
    assert Event.objects.filter(code="list.agreed").order_by("-id")[0].values["changed"] == ["due_days"]
    for outsider in (cast.pan, cast.chen, cast.sheng):
        with pytest.raises(access.Forbidden):
            services.agree(actor=outsider, area=COUNTY, slot="shared_05", said=terms(), version=2)
    with pytest.raises(Problem):
        selectors.agreement(cast.tan, row.uuid)


def test_a_late_list_is_chased_and_climbs_until_it_comes(cast: Cast, clock_at: Callable[[str], None]) -> None:
    row = agreed(cast, since=DAY("2020-05-01"))
    assert selectors.late_lists(cast.luo)[0] == 1  # May was due on 10 June
    assert services.chase(actor=cast.luo, agreement=row).chases == 1
    assert services.chase(actor=cast.luo, agreement=row).chases == 2
    today = DAY("2020-06-30")
    assert services.climb_lists(today) == 1 and services.climb_lists(today) == 0
    row.refresh_from_db()
    assert (row.tier, row.climbed_on) == (2, today)
    make.received("nursing_subsidy", month=DAY("2020-05-01"))
    services.climb_lists(today)
    row.refresh_from_db()
    assert (row.tier, row.climbed_on) == (3, None) and selectors.late_lists(cast.luo)[0] == 0
    with pytest.raises(Problem, match="不用催"):
        services.chase(actor=cast.luo, agreement=row)
    clock_at("2020-07-11")
    assert selectors.view(cast.luo, row.uuid).line.state == "late"


def test_what_was_damaged_is_counted_when_a_list_comes(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody())
    wrong = people.LIN[:-1] + ("0" if people.LIN[-1] != "0" else "1")
    payroll(
        cast,
        tmp_path,
        paid("林小禾", people.LIN),
        paid("周大山", wrong),
        paid("吴静", people.WU[:15] + "000"),
    )
    shown = selectors.view(cast.luo, agreed(cast).uuid)
    hurt = shown.deliveries[0].damage
    assert (hurt.rows, hurt.damaged, hurt.nameless) == (3, 2, 0)
    assert shown.line.state == "on_time" and shown.columns["姓名"] == "name"


def test_rows_kept_long_enough_are_deleted_and_no_silence_follows(
    cast: Cast, clock_at: Callable[[str], None]
) -> None:
    lin, row = make.person("林小禾"), agreed(cast, keep_months=1)
    for month in ("2020-03-01", "2020-04-01", "2020-06-01"):
        make.paid(make.received("nursing_subsidy", month=DAY(month)), lin, 15000)
    assert selectors.late_lists(cast.luo)[1] == 1
    clock_at("2020-06-30")
    job = services.request_deletion(actor=cast.luo, agreement=row)
    claimed = claim("a worker")
    assert claimed is not None and attempt(claimed) == "done"
    job.refresh_from_db()
    assert job.result == {"rows": 2}
    gone = ListReceipt.objects.exclude(emptied_on=None)
    assert [one.current for one in gone] == [False, False]
    assert ListEntry.objects.get().month == JUNE  # the newest stays while it decides something
    with pytest.raises(Problem, match="没有到期"):
        services.request_deletion(actor=cast.luo, agreement=row)


def test_the_dead_stay_dead_when_a_list_of_deaths_is_deleted(cast: Cast) -> None:
    lin = make.person("林小禾")
    row = agreed(cast, slot="shared_09", kind="deaths_registered", title="死亡", keep_months=1)
    of = make.received("deaths_registered", month=DAY("2020-03-01"))
    make.on_list(of, lin, died_on="2020-03-05")
    make.on_list(of, lin).delete()
    make.received("deaths_registered", month=JUNE)
    assert services.delete_expired(actor=cast.luo, agreement=row) == 1
    assert ListLink.objects.get().person == lin and of.receipt.current


# --- doubts ---


@pytest.fixture
def doubtful(cast: Cast, tmp_path: Path) -> Agreement:
    """A payroll with one sound row and five that its owner should look at."""
    people.bring_in(cast.he, tmp_path, people.everybody())
    stranger = make.citizen_id(DAY("1960-01-01"), 777)
    payroll(
        cast, tmp_path,
        paid("林小禾", people.LIN),
        paid("周大山", people.ZHOU[:-1] + ("0" if people.ZHOU[-1] != "0" else "1")),
        paid("王五", people.WU[:15] + "000"),
        paid("周建国", people.LIN),
        paid("赵六", stranger),
        paid("欧阳明", people.OUYANG),
    )  # fmt: skip
    lin = ListLink.objects.get(entry__name="欧阳明").person
    make.on_list(make.received("deaths_registered", month=DAY("2020-05-01")), lin, died_on="2020-05-20")
    return agreed(cast)


def test_each_doubt_says_why_and_the_file_holds_only_what_was_sent(
    cast: Cast, doubtful: Agreement, tmp_path: Path
) -> None:
    assert asking.look_for_doubts(actor=cast.luo, agreement=doubtful) == 6
    why = {one.entry.name: one.why for one in Doubt.objects.select_related("entry")}
    assert why["周大山"] == ["id_check"] and why["王五"][0] == "id_cut" and why["赵六"] == ["nobody"]
    assert why["欧阳明"] == ["dead"] and why["周建国"] == ["other_name", "two_persons"]
    assert why["林小禾"] == ["two_persons"]
    assert asking.look_for_doubts(actor=cast.luo, agreement=doubtful) == 0
    made = asking.put(actor=cast.luo, agreement=doubtful)
    path = tmp_path / "out.xlsx"
    path.write_bytes(sheet.written(made).content)
    cells = [str(cell) for row in openpyxl.load_workbook(path).worksheets[0].values for cell in row if cell]
    assert (
        people.LIN in cells and people.ZHOU not in cells
    )  # their own slip goes back, never our right number
    assert not any("2020-05" in cell or "死亡注销" in cell for cell in cells)


def test_an_answer_makes_a_new_version_and_who_is_touched_is_linked_again(
    cast: Cast, doubtful: Agreement, tmp_path: Path
) -> None:
    asking.look_for_doubts(actor=cast.luo, agreement=doubtful)
    path = tmp_path / "out.xlsx"
    path.write_bytes(sheet.written(asking.put(actor=cast.luo, agreement=doubtful)).content)
    fill(path, of="周大山", **{sheet.SAID: "更正", sheet.NEW_NUMBER: people.ZHOU})
    fill(path, of="赵六", **{sheet.SAID: "无误"})
    fill(path, of="欧阳明", **{sheet.SAID: "不归我们管", sheet.REMARK: "请问派出所"})
    counts = asking.take_answers(actor=cast.luo, agreement=doubtful, answers=sheet.answers(path))
    assert counts == {"corrected": 1, "confirmed": 1, "not_ours": 1}
    entry = ListEntry.objects.get(name="周大山")
    assert ListLink.objects.get(entry=entry).how == "id_and_name"
    was, now = EntryVersion.objects.filter(entry=entry).order_by("number")
    assert (was.source, now.source) == ("sent", "owner_answer")
    assert (
        sealing.open_sealed("id_number", was.id_sealed)
        != people.ZHOU
        == sealing.open_sealed("id_number", now.id_sealed)
    )
    again = asking.take_answers(actor=cast.luo, agreement=doubtful, answers=sheet.answers(path))
    assert sum(again.values()) == 0
    assert find(doubtful) == (0, 0)  # what was confirmed of these very values is not asked again
    assert set(Doubt.objects.filter(state=DoubtState.ASKED).values_list("entry__name", flat=True)) == {
        "林小禾", "周建国", "王五",
    }  # fmt: skip
    assert Event.objects.filter(code="row.corrected").exists()


def test_an_answer_nobody_can_use_changes_nothing(cast: Cast, doubtful: Agreement, tmp_path: Path) -> None:
    asking.look_for_doubts(actor=cast.luo, agreement=doubtful)
    path = tmp_path / "out.xlsx"
    path.write_bytes(sheet.written(asking.put(actor=cast.luo, agreement=doubtful)).content)
    fill(path, of="周大山", **{sheet.SAID: "更正", sheet.NEW_NUMBER: people.ZHOU[:-1]})
    fill(path, of="赵六", **{sheet.SAID: "无误"})
    with pytest.raises(Problems, match="通不过校验"):
        asking.take_answers(actor=cast.luo, agreement=doubtful, answers=sheet.answers(path))
    assert not EntryVersion.objects.exists() and not Doubt.objects.exclude(state="asked").exists()
    fill(path, of="赵六", **{sheet.SAID: "也许"})
    with pytest.raises(Problems, match="看不懂"):
        sheet.answers(path)
