"""A small county at work: people inside and outside, a screening, a visit list, a report, an import, a job."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, OUTSIDE_VILLAGE, VILLAGE, Cast
from tests.exchange import import_cast
from tests.web.roles import Joined
from tests.web.round_world import begun

from yice.accounts.services import install
from yice.exchange.agreements.asking import look_for_doubts, put
from yice.exchange.agreements.services import agree
from yice.exchange.imports import services as imports
from yice.exchange.models import Agreement, Inquiry
from yice.loop.assess.models import Assessment
from yice.loop.assess.services import dispute_assessment, record_assessment
from yice.loop.deliver.models import Case, CaseFile, Notice
from yice.loop.deliver.services import Subject, add_file, open_case, refuse, take_step
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import (
    Batch,
    Duplicate,
    Finding,
    Household,
    Need,
    Objection,
    Pair,
    Person,
    Reply,
    VisitImage,
    VisitList,
)
from yice.loop.identify.pairing.propose import propose as find_pairs
from yice.loop.identify.rights.enums import GivenBy
from yice.loop.identify.rights.objections import record_objection
from yice.loop.identify.services import Said, make_visit_list, record_visit
from yice.loop.identify.services.needs import record_need
from yice.loop.identify.services.visits_images import picture
from yice.loop.plan.enums import Signer
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.services import MeasureLine, sign_plan, write_plan
from yice.loop.supervise.models import Report
from yice.loop.supervise.services import freeze_report
from yice.network.models import Provider
from yice.network.providers import apply
from yice.policy.models import Comparison, ScreeningRun
from yice.policy.proposals import compare, propose
from yice.policy.services import request_screening
from yice.terms import clock

# What was typed about 林小禾 on the way: a visit's note, an objection, a measure, why an assessment is disputed.
TYPED = ("吃氯氮平已三年", "名单上的人不是我", "能独立出门", "当天发烧")
PIXEL = base64.b64decode(  # the smallest PNG there is
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class World:
    """林小禾 lives where 陈专委 works and has a gap; the others live further and further away."""

    cast: Cast
    lin: Person
    zhou: Person  # the next village, paid though not eligible
    ouyang: Person  # another street
    far: Person  # another county
    run: ScreeningRun
    visits: VisitList
    report: Report
    batch: Batch
    job: Any
    joined: Joined = field(
        default_factory=Joined
    )  # people of other offices and organisations: tests/web/joined.py

    @cached_property
    def comparison(self) -> Comparison:
        """What would change if only grade 1 were severe."""
        other = propose(actor=self.cast.he, base=self.run.pack, settings={"severe_grade": 1})
        return compare(actor=self.cast.he, old=self.run.pack, new=other, area=COUNTY)

    @cached_property
    def pair(self) -> Pair:
        """A row of the list of subsistence has 林小禾's number beside another name."""
        entry = make.on_list(make.received("subsistence"), self.lin).entry
        entry.links.all().delete()
        entry.name = entry.name_folded = "周建国"
        entry.id_sealed = self.lin.id_sealed
        entry.save()
        Person.objects.filter(pk=self.lin.pk).update(
            sex=""
        )  # a number of the other sex would be somebody else's
        find_pairs(entry.batch.receipt)
        return Pair.objects.get()

    @cached_property
    def double(self) -> Duplicate:
        """林小禾 and 周大山 were compared, as two on the register who may be one."""
        return make.doubled(self.lin, self.zhou)

    @cached_property
    def agreement(self) -> Agreement:
        """The list of subsistence comes every month from civil affairs."""
        said = {
            "kind": "subsistence", "title": "最低生活保障对象名单", "sender": "区民政局", "contact": "救助科",
            "basis": "社会救助暂行办法", "every": "month", "due_days": 10, "since": dt.date(2020, 5, 1), "until": None,
            "keeps": "姓名、证件号（加密）", "keep_months": 24,
        }  # fmt: skip
        return agree(actor=self.cast.luo, area=COUNTY, slot="shared_01", said=said)

    @cached_property
    def inquiry(self) -> Inquiry:
        """The row of 周建国 with 林小禾's number is put to civil affairs."""
        entry = self.pair.entry
        entry.id_index = self.lin.id_index
        entry.save()
        look_for_doubts(actor=self.cast.luo, agreement=self.agreement)
        return put(actor=self.cast.luo, agreement=self.agreement)

    @cached_property
    def objection(self) -> Objection:
        """林小禾 says that the list has somebody else."""
        return record_objection(
            actor=self.cast.chen, person=self.lin, purpose="benefits", said="名单上的人不是我",
            said_by=GivenBy.PERSON, key="objection",
        )  # fmt: skip

    @cached_property
    def reply(self) -> Reply:
        """林小禾's form of the yearly round."""
        return begun(self)

    @cached_property
    def own_return(self) -> Reply:
        """The return of the village itself in that round."""
        return self.reply.round.replies.get(person=None, village=VILLAGE)

    @cached_property
    def need(self) -> Need:
        """林小禾 needs a wheelchair."""
        return record_need(
            actor=self.cast.chen, person=self.lin, kind="device", channel=Channel.VISIT, key="wheelchair"
        ).need

    @cached_property
    def photo(self) -> VisitImage:
        """What 陈专委 photographed at the first door."""
        said = Said(
            {"result": "met", "note": TYPED[0]}, pictures=[picture("photo", PIXEL, "photos")], consent=True
        )
        record_visit(
            actor=self.cast.chen, visit=self.visits.visits.get(position=1), said=said, version=0, key="door"
        )
        return VisitImage.objects.get()

    @cached_property
    def notice(self) -> Notice:
        """The paper that refuses 林小禾 the living subsidy, whose case it ends."""
        case = open_case(
            actor=self.cast.chen,
            service="living_subsidy",
            subject=Subject(self.lin),
            channel=Channel.WINDOW,
            key="a",
        )
        form = {"applied_by": "self", "account": "6200000000000000", "agreed": "true"}
        papers = dict.fromkeys(("identity", "certificate", "account"), "seen")
        case = take_step(
            actor=self.cast.chen,
            case=case,
            step="apply",
            version=case.version,
            outcome="submitted",
            values=form,
            evidence=papers,
        )
        refuse(actor=self.cast.liang, case=case, step="first_check", version=case.version, reasons=["income"])
        return Notice.objects.get()

    @cached_property
    def case(self) -> Case:
        """林小禾 asks again, elsewhere: the nursing subsidy, its first step waiting."""
        return open_case(
            actor=self.cast.chen,
            service="nursing_subsidy",
            subject=Subject(self.lin),
            channel=Channel.WINDOW,
            key="b",
        )

    @cached_property
    def provider(self) -> Provider:
        """An institution that asks to serve the county."""
        return apply(actor=self.cast.he, name="安居服务中心", area=COUNTY, kind="", services=["legal_aid"])

    @cached_property
    def paper(self) -> CaseFile:
        """A scan that 林小禾 brought for the nursing subsidy."""
        return add_file(actor=self.cast.chen, case=self.case, step="apply", paper="identity", data=PIXEL)

    @cached_property
    def plan(self) -> HelpPlan:
        """林小禾 gets a wheelchair, agreed and signed; a follow-up is due."""
        line = MeasureLine(
            "device", "适配轮椅", "federation@county", "能独立出门", clock.today(), need=self.need,
            responsible=self.cast.chen, fen=120000, fund_source="county",
        )  # fmt: skip
        made = write_plan(
            actor=self.cast.liang, measures=[line], key="plan", person=self.lin, review_on=clock.today()
        ).plan
        return sign_plan(actor=self.cast.liang, plan=made, version=1, signed_as=Signer.PERSON)

    @cached_property
    def assessed(self) -> Assessment:
        answers = dict.fromkeys(
            ("seeing", "hearing", "walking", "remembering", "self_care", "communicating"), 2
        )
        made = record_assessment(
            actor=self.cast.chen, person=self.lin, kind="wg_ss", key="wg", answers=answers
        )
        return dispute_assessment(actor=self.cast.chen, assessment=made, grounds="当天发烧")

    def settled(self) -> World:
        """With everything made: before the first look, not during it, for nothing of a look stays."""
        for name, one in vars(World).items():
            if isinstance(one, cached_property):
                getattr(self, name)
        return self

    @property
    def people(self) -> list[Person]:
        return [self.lin, self.zhou, self.ouyang, self.far]

    @property
    def gap(self) -> Finding:
        return Finding.objects.filter(person=self.lin, kind="gap").order_by("id")[0]

    @property
    def leak(self) -> Finding:
        return Finding.objects.filter(kind="leak").order_by("id")[0]


def at_work(cast: Cast, folder: Path) -> World:
    install(demo=True)
    lists = make.all_lists()
    home = Household.objects.create(area=COUNTY, number="7")  # 林小禾 and 吴外县 keep house together
    lin = make.person("林小禾", grade=1, phone="13812340001", household=home)
    zhou = make.person("周大山", grade=3, hukou=NEXT_VILLAGE)
    ouyang = make.person("欧阳明", grade=2, hukou=FAR_VILLAGE)
    far = make.person("吴外县", grade=1, hukou=OUTSIDE_VILLAGE, household=home)
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.on_list(lists["subsistence"], ouyang, income_class="subsistence")
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.paid(lists["nursing_subsidy"], zhou, 22000)
    run = make.screened(cast)
    return World(
        cast,
        lin,
        zhou,
        ouyang,
        far,
        run,
        make_visit_list(actor=cast.chen, day=clock.today()),
        freeze_report(actor=cast.he, area=COUNTY),
        import_cast.stage(cast.he, folder, [*import_cast.everybody(), import_cast.lin(name="")], whole=True),
        request_screening(actor=cast.he, pack=run.pack, area=COUNTY),
    )


def staged_in_a_job(world: World, folder: Path, **changes: Any) -> Batch:
    """An upload as the page makes it, its job not begun."""
    path = import_cast.write_csv(folder / "registry.csv", [import_cast.lin(**changes)])
    return imports.stage(
        actor=world.cast.he, path=path, kind="registry", area=COUNTY, as_of=import_cast.AS_OF
    )
