"""Work that outlives a request: how far it is, when it will be done, calling it off, and where its result is."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts.enums import Action
from yice.jobs import services
from yice.jobs.models import Job, State
from yice.jobs.selectors import Progress, job_of, jobs_of, problem_of, progress_of
from yice.terms.errors import Problem
from yice.web.desk.door import page

LIVE = (State.WAITING, State.RUNNING)
MOST = 50
ASKS = (Action.IMPORT_READ, Action.SCREENING_RUN, Action.POLICY_COMPARE)  # whoever may ask for a job


@page(*ASKS)
def jobs(request: HttpRequest) -> HttpResponse:
    found = [
        (job, title_of(job), problem_of(job), result_of(job)) for job in jobs_of(actor=request.user)[:MOST]
    ]
    return render(request, "desk/jobs.html", {"jobs": found})


@page(*ASKS, post=True)
def job(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """Progress while it lasts; then straight on to what came of it."""
    found = job_of(actor=request.user, job_id=job)
    if request.method == "POST":
        try:
            services.cancel(actor=request.user, job_id=job)
            messages.info(request, _("已要求取消。已经写入的会整批撤回，不会只改一半。"))
        except Problem as problem:
            messages.warning(request, str(problem))
        return HttpResponseRedirect(reverse("desk:job", args=[job]))
    result = result_of(found)
    if result and (
        found.state == State.DONE or (found.state not in LIVE and found.kind.startswith("import."))
    ):
        return HttpResponseRedirect(result)
    return render(
        request, "desk/job.html", {**shown_of(found), "problem": problem_of(found), "result": result}
    )


@page(*ASKS)
def progress(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """The progress alone, for the page that holds it; when the job is over the page is asked to renew itself."""
    found = job_of(actor=request.user, job_id=job)
    response = render(request, "desk/job_progress.html", shown_of(found))
    if found.state not in LIVE:
        response["HX-Refresh"] = "true"
    return response


def shown_of(found: Job) -> dict[str, object]:
    """What `desk/job_progress.html` shows."""
    now: Progress = progress_of(found)
    label = str(now.stage) if now.stage else title_of(found)
    note = ""
    if found.state == State.WAITING:
        note = _("前面还有 {n} 项任务").format(n=now.ahead) if now.ahead else _("马上开始")
    elif found.cancel_asked:
        note = _("正在停下")
    elif found.attempts > 1:
        note = _("第 {n} 次尝试").format(n=found.attempts)
    return {
        "job": found,
        "title": title_of(found),
        "live": found.state in LIVE,
        "now": now,
        "label": label,
        "left": now.remaining.total_seconds() if now.remaining is not None else None,
        "note": note,
    }


def title_of(found: Job) -> str:
    """What a job is, in words."""
    titles = {
        "import.stage": _("读取上传的文件"),
        "import.commit": _("导入入库"),
        "import.rescreen": _("重新判断有变化的人"),
        "screening.run": _("筛查"),
        "round.import": _("导入国家系统的调查表"),
        "policy.compare": _("政策比较"),
        "policy.put_in_force": _("启用政策包"),
    }
    return titles.get(found.kind, found.kind)


def result_of(found: Job) -> str:
    """The address of what a job works on or brought; "" while there is none."""
    if found.kind.startswith("import."):
        return reverse("desk:import", args=[uuid.UUID(found.arguments["batch"])])
    if found.kind == "screening.run" and "run" in found.result:
        return reverse("desk:screening", args=[uuid.UUID(found.result["run"])])
    if "round" in found.result:
        return reverse("desk:round-official", args=[uuid.UUID(found.result["round"])])
    if "comparison" in found.result:
        return reverse("desk:whatif", args=[uuid.UUID(found.result["comparison"])])
    return ""
