"""What a site works with: places, policy packs, and somebody who does the queued work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from yice.accounts.models import Installation
from yice.areas.models import Area
from yice.config.doctor.finding import Finding, fail, ok, warn
from yice.jobs.models import Job, State
from yice.policy import selectors
from yice.policy.models import InstalledPack
from yice.rules.pack.loader import load_pack
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message, listed

PATIENCE = dt.timedelta(minutes=2)  # a job that waits longer has nobody who takes it


def divisions() -> Iterator[Finding]:
    count = Area.objects.filter(valid_to=None).count()
    if count:
        edition = Area.objects.aggregate(newest=Max("edition"))["newest"]
        day = edition.isoformat() if edition else "—"
        yield ok("divisions", Message("{count} 个区划，{day} 版", count=f"{count:,}", day=day))
    else:
        yield fail(
            "divisions", Message("还没有装入行政区划。"), Message("请运行 yice areas load --province 代码。")
        )


def shipped_packs() -> Iterator[Finding]:
    """The packs in the packs folder load."""
    folder = Path(settings.YICE_PACKS)
    found = sorted(path.parent for path in folder.glob("*/pack.yaml"))
    if not found:
        what = Message("{folder} 里没有策略包。", folder=folder)
        yield fail("packs", what, Message("请用 YICE_PACKS 指明策略包的文件夹。"))
        return
    bad = [path.name for path in found if not _loads(path, folder)]
    if bad:
        fix = Message("请运行 yice pack check，看哪里要改。")
        yield fail("packs", Message("这些策略包装不上：{names}。", names=listed(bad)), fix)
    else:
        yield ok("packs", Message("{count} 个策略包都能装上", count=len(found)))


def installed_packs() -> Iterator[Finding]:
    """Those in force load as they were installed, and one of them binds this place."""
    active = list(InstalledPack.objects.filter(active=True).order_by("pack_id"))
    if not active:
        yield warn("installed", Message("还没有启用任何策略包。"), Message("请在网站的策略页启用一个。"))
        return
    for pack in active:
        if selectors.plan(pack).hash != pack.hash:
            what = Message("启用的策略包 {pack} 与启用时不同。", pack=pack)
            yield fail("installed", what, Message("请从备份恢复，或重新启用。"))
    area = Installation.objects.values_list("area_id", flat=True).first()
    if area and selectors.pack_for(area) is None:
        yield warn("installed", Message("启用的策略包都不管本地。"), Message("请启用管到本地的策略包。"))
    else:
        yield ok("installed", Message("已启用：{packs}", packs=listed(str(pack) for pack in active)))


def worker() -> Iterator[Finding]:
    """Somebody takes the queued work: seen by leases that are renewed and by a queue that moves."""
    now = timezone.now()
    running = Job.objects.filter(state=State.RUNNING)
    alive = running.filter(lease_until__gt=now).count()
    lost = running.filter(lease_until__lte=now - PATIENCE).count()
    free = Job.objects.filter(state=State.WAITING).exclude(lease_until__gt=now - PATIENCE)
    stuck = free.filter(created_at__lte=clock.now() - PATIENCE).count()
    fix = Message("请启动后台进程：yice serve 自带一个，或另运行 yice work。")
    if lost or (stuck and not alive):
        yield fail("worker", Message("{count} 项任务没有人做。", count=lost + stuck), fix)
    elif alive:
        yield ok("worker", Message("后台进程在工作（{count} 项任务进行中）", count=alive))
    else:
        yield ok("worker", Message("没有排队的任务"))


def _loads(path: Path, library: Path) -> bool:
    try:
        load_pack(path, library=library)
    except (Problem, Problems):
        return False
    return True


CHECKS = (divisions, shipped_packs, installed_packs, worker)
