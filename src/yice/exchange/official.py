"""Files of the national survey system: received, read and taken in by a job."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from django.db import transaction

from yice import shelf
from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.exchange.files import read
from yice.jobs.models import Job
from yice.jobs.registry import handler
from yice.jobs.services import enqueue
from yice.jobs.work import Work
from yice.loop.identify.models import Round
from yice.loop.identify.rounds.official import Line, read_lines, take_official
from yice.terms.errors import Problem

KIND = "round.import"


def receive_official(*, actor: User, of: Round, path: Path) -> Job:
    """Keep the upload and ask for the job that takes it in."""
    access.require(actor, Action.ROUND_MANAGE, Place(of.area))
    lines_of(path)  # what cannot be read is told on the form
    name = f"round-{uuid.uuid4().hex}"
    with shelf.scratch() as own:
        shelf.put(f"uploads/{name}", Path(shutil.copyfile(path, own / name)))
    with transaction.atomic():
        return enqueue(actor=actor, kind=KIND, arguments={"round": of.uuid.hex, "file": name}, area=of.area)


def lines_of(path: Path) -> list[Line]:
    sheet = read(path).sheets[0]
    return list(read_lines(sheet.headers, [one.to_pylist() for one in sheet.columns], sheet.rows.tolist()))


@handler(KIND)
def take(work: Work) -> None:
    """All rows or none; the upload goes with the commit."""
    name = f"uploads/{Path(work.arguments['file']).name}"
    of = Round.objects.select_related("pack").defer("pack__files").get(uuid=work.arguments["round"])
    try:
        with shelf.passing(name) as path:
            lines = lines_of(path)
        work.progress(0, len(lines))
        with work.commit(last=True):
            done = take_official(actor=work.actor, of=of, lines=lines)
            work.result(round=of.uuid.hex, counts=done.as_counts())
    except Problem:  # a retry cannot mend it
        shelf.remove(name)
        raise
    shelf.remove(name)
