"""Fill a demo database: a real county's places, people who do not exist, the lists about them, a first screening.

Every step is the one a site uses (services and jobs); each may be repeated, so a start that was broken off goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yice.accounts.demo import settle
from yice.accounts.models import Installation, User
from yice.accounts.services import install as say_what_this_is
from yice.areas.models import Area, Tier
from yice.areas.selectors import area_of
from yice.areas.services import load_divisions
from yice.config.demo_folder import filled_with, note_filled
from yice.config.demo_lists import agree_lists
from yice.config.demo_plans import begin_plans
from yice.config.demo_round import fill_round
from yice.config.demo_work import begin, bring_registers
from yice.exchange.imports.services import commit, stage
from yice.exchange.synth import Settings, make, write
from yice.identifiers.division import normalise
from yice.jobs.leases import claim
from yice.jobs.models import Job, State
from yice.jobs.runner import attempt
from yice.jobs.selectors import problem_of
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch, Need
from yice.network.models import Register
from yice.policy.selectors import pack_for
from yice.policy.selectors import plan as plan_in
from yice.policy.services import install as install_pack
from yice.policy.services import request_screening
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

PACK = "cn-440704-2016"  # the plan of the demo county; elsewhere the national plan
LEFT_OUT = "deaths_health"  # for the visitor to import: new leaks appear
# The sheets in the order they are brought in: (file, kind, who brings it).
SHEETS = (
    ("registry", "registry", "he"),
    ("households", "households", "he"),
    ("subsistence", "subsistence", "luo"),
    ("low_income", "low_income", "luo"),
    ("extreme_hardship", "extreme_hardship", "luo"),
    ("living_subsidy", "living_subsidy", "luo"),
    ("nursing_subsidy", "nursing_subsidy", "luo"),
    ("medical_insurance", "medical_insurance", "he"),
    ("pension_insurance", "pension_insurance", "he"),
    ("school_roll", "school_roll", "he"),
    ("deaths_civil", "deaths_registered", "luo"),
    ("deaths_funeral", "deaths_funeral", "luo"),
)
Tell = Callable[[Message], None]


def fill(*, area: str, people: int, tell: Tell) -> None:
    """Everything up to the first screening; does nothing when it was all done before."""
    wanted: dict[str, object] = {"area": normalise(area), "people": people}
    held = filled_with(settings.VAR)
    if held is not None and {"area": held["area"], "people": held["people"]} != wanted:
        raise Problem(
            "demo-other",
            Message("这个演示库装的是另一个县或另一个人数。"),
            fix=Message("请删除它的文件夹，或用 YICE_VAR 另指一个。"),
        )
    if held is not None:
        return
    if Installation.objects.exists():
        say_what_this_is(demo=True)  # refuses a live site before anything is touched
    folder = Path(settings.VAR) / "files"
    tell(Message("装入区划……"))
    load_divisions(provinces=[area])
    county = _county(normalise(area))
    users = settle(county)
    tell(Message("造 {people} 名虚构的残疾人和各部门的名单……", people=people))
    write(make(Settings(area=area, people=people, as_of=clock.today())), folder)
    pack = install_pack(actor=None, path=Path(settings.YICE_PACKS) / _pack(county))
    for name, kind, who in SHEETS:
        if _bring_in(folder / f"{name}.xlsx", kind, users[who], county):
            tell(Message("  已导入 {name}.xlsx", name=name))
    pack = pack_for(county.code) or pack
    plan = plan_in(pack)
    if not Register.objects.exists():
        with transaction.atomic():
            bring_registers(county, users["he"], plan)
    agree_lists(county, users, LEFT_OUT)
    tell(Message("第一次筛查……"))
    _until_done(request_screening(actor=users["he"], pack=pack, area=county.code))
    if not Need.objects.exists():
        tell(Message("登记几件需求和办件……"))
        with transaction.atomic():
            begin(county, users, plan)
            begin_plans(county, users, plan)
    fill_round(county=county, users=users)
    note_filled(settings.VAR, wanted)


def _pack(county: Area) -> str:
    return PACK if PACK.split("-")[1] == county.code[:6] else "cn"


def _county(code: str) -> Area:
    county = area_of(code)
    if Tier.COUNTY not in county.tiers:
        raise Problem(
            "demo-not-a-county",
            Message("{name}不是县（市、区）。", name=county.name),
            fix=Message("请填县级代码，例如 AREA=440704。"),
        )
    return county


def _bring_in(path: Path, kind: str, actor: User, county: Area) -> bool:
    """Import a sheet as its officer would: read, look at the preview, accept. False when it is in already."""
    source = kind if kind in ("registry", "households") else f"list:{kind}"
    if Batch.objects.filter(source=source, area=county.code, state=BatchState.COMMITTED).exists():
        return False
    as_of: dt.date = clock.today()
    batch = stage(
        actor=actor, path=path, kind=kind, area=county.code, as_of=as_of, whole=kind != "households"
    )
    _until_done(batch.job)
    batch.refresh_from_db()
    commit(actor=actor, batch=batch, accept_pauses=True)
    batch.refresh_from_db()
    _until_done(batch.job)
    return True


def _until_done(job: Job | None) -> None:
    """Work off the queue up to `job`, in this process; a failed job's problem is ours."""
    if job is None:
        return
    while (waiting := claim("demo")) is not None:
        attempt(waiting)
    job.refresh_from_db()
    if (problem := problem_of(job)) is not None:
        raise problem
    if job.state != State.DONE:
        raise Problem(
            "demo-job-left",
            Message("准备演示数据的任务没有做完。"),
            fix=Message("请过一分钟再运行 make demo，它会接着做。"),
        )
