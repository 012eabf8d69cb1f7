"""Receive, stage, commit and discard deliveries. `stage` and `commit` are jobs; their work is in `working`."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from yice import shelf
from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Area
from yice.audit import services as audit
from yice.exchange.files.archive import scan
from yice.exchange.files.limits import LIMITS
from yice.exchange.files.sniff import sniff
from yice.exchange.imports import refused
from yice.exchange.imports.keeping import tidy
from yice.exchange.imports.pauses import suspicious
from yice.exchange.imports.staging import open_store
from yice.exchange.uploads import require_room
from yice.jobs.services import enqueue
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.models import Batch
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

OPEN = (BatchState.READING, BatchState.STAGED, BatchState.PAUSED)


def receive(
    *,
    actor: User,
    path: Path,
    kind: str,
    area: str,
    as_of: dt.date,
    month: dt.date | None = None,
    whole: bool = False,
    mapping: Mapping[str, Any] | None = None,
    file_name: str = "",
) -> Batch:
    """Keep an upload (a copy, mode 0600) and open its batch. `kind`: registry, households or a list's kind.

    `whole`: the delivery names everybody of the area (for a list: and month), so that who is not in it is gone.
    """
    batch_kind = BatchKind(kind) if kind in (BatchKind.REGISTRY, BatchKind.HOUSEHOLDS) else BatchKind.LIST
    if as_of > clock.today():
        raise Problem(
            "as-of-future",
            Message("截止日期在今天之后。"),
            fix=Message("请填名单实际统计到的那一天。"),
            field="as_of",
        )
    if not Area.objects.filter(code=area).exists():
        raise Problem(
            "area-unknown",
            Message("区划表里没有代码 {code}。", code=area),
            fix=Message("请填 12 位区划代码。"),
            field="area",
        )
    batch = Batch(
        kind=batch_kind,
        source=kind if batch_kind != BatchKind.LIST else f"list:{kind}",
        area=area,
        as_of=as_of,
        month=month.replace(day=1)
        if month and batch_kind == BatchKind.LIST
        else None,  # else as the file says
        whole=whole,
        file_name=(file_name or path.name)[:200],
        mapping=dict(mapping or {}),
        state=BatchState.READING,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    access.require(actor, action_of(batch), batch)
    if path.is_file():
        require_room(actor, path.stat().st_size)
    batch.file_path, batch.file_digest = _keep(path, batch)
    with transaction.atomic():
        batch.save()
        audit.record(
            actor=actor,
            code="batch.received",
            subject=batch,
            area=area,
            values={"source": batch.source, "digest": batch.file_digest[:16]},
        )
    return batch


def stage(
    *,
    actor: User,
    path: Path,
    kind: str,
    area: str,
    as_of: dt.date,
    month: dt.date | None = None,
    whole: bool = False,
    mapping: Mapping[str, Any] | None = None,
    file_name: str = "",
) -> Batch:
    """`receive`, and a job "import.stage" that reads, prepares and compares: the preview.

    A file that is no table at all, or would not unpack, is refused at once.
    """
    require_table(path)
    with transaction.atomic():
        batch = receive(
            actor=actor,
            path=path,
            kind=kind,
            area=area,
            as_of=as_of,
            month=month,
            whole=whole,
            mapping=mapping,
            file_name=file_name,
        )
        _ask(actor, batch, "import.stage", {"batch": batch.uuid.hex})
    return batch


def commit(*, actor: User, batch: Batch, accept_pauses: bool = False, reason: str = "") -> Batch:
    """A job "import.commit" that takes the staged rows, all or none. A paused batch needs `accept_pauses`, a
    suspicious one a `reason`, which goes on record, and then the yes of a second person: until that it waits (`waits_for_second`)."""
    access.require(actor, action_of(batch), batch)
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if suspicious(batch.pauses) and accept_pauses and (reason.strip() or waits_for_second(batch)):
            _insist(actor, batch, reason.strip()[:500])
            if waits_for_second(batch):
                batch.save(update_fields=["mapping"])
                return batch
        require_decidable(batch, accept_pauses=accept_pauses)
        batch.decided_by = actor
        batch.save(update_fields=["decided_by", "mapping"])
        arguments = {"batch": batch.uuid.hex, "accept_pauses": accept_pauses}
        _ask(actor, batch, "import.commit", arguments)
    return batch


def waits_for_second(batch: Batch) -> bool:
    """Whether somebody gave a reason to take a list that looks wrong, and nobody else has said yes yet."""
    insisted = "insisted" in batch.mapping and "seconded_by" not in batch.mapping
    return insisted and suspicious(batch.pauses)


def _insist(actor: User, batch: Batch, reason: str) -> None:
    """A reason, then somebody else's yes: what such a list says may end a benefit."""
    if not waits_for_second(batch):
        batch.mapping = {**batch.mapping, "insisted": reason, "insisted_by": actor.pk}
        code, values = "batch.insisted", {"source": batch.source, "reason": reason}
    elif batch.mapping.get("insisted_by") == actor.pk:
        raise Problem(
            "second-reader",
            Message("理由是您写的，要由另一个人核对后确认。"),
            why=Message("名单看来有问题，入库后可能有人因此停发待遇。"),
            fix=Message("请本县另一位能导入名单的同事打开这一批确认。"),
        )
    else:
        batch.mapping = {**batch.mapping, "seconded_by": actor.pk}
        code, values = "batch.seconded", {"source": batch.source}
    audit.record(actor=actor, code=code, subject=batch, area=batch.area, values=values)


def discard(*, actor: User, batch: Batch) -> Batch:
    """Give a delivery up: its staged rows and the upload go, the batch stays as a line in the record."""
    access.require(actor, action_of(batch), batch)
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == BatchState.DISCARDED:
            return batch
        if batch.state == BatchState.COMMITTED:
            raise already_committed()
        batch.state, batch.decided_by = BatchState.DISCARDED, actor
        batch.save(update_fields=["state", "decided_by"])
        audit.record(
            actor=actor,
            code="batch.discarded",
            subject=batch,
            area=batch.area,
            values={"source": batch.source},
        )
    tidy(batch)
    return batch


def hand_back(*, actor: User, batch: Batch) -> AbstractContextManager[Path]:
    """The refused rows as the same workbook with a reason column. It holds full numbers: for who may import."""
    access.require(actor, action_of(batch), batch)
    name = refused.ensure(open_store(batch.uuid), batch)
    if name is None:
        raise Problem("import-nothing-refused", Message("这一批没有退回的行，或退回的表已过保存期。"))
    with transaction.atomic():
        values = {"source": batch.source, "refused": batch.counts.get("refused", 0)}
        audit.record(actor=actor, code="batch.handed_back", subject=batch, area=batch.area, values=values)
    return shelf.passing(name)


def action_of(batch: Batch) -> Action:
    return Action.IMPORT_LIST if batch.kind == BatchKind.LIST else Action.IMPORT_REGISTRY


def require_decidable(batch: Batch, *, accept_pauses: bool) -> None:
    """Raise unless the batch is staged and nothing waits for a yes that was not given."""
    if batch.state == BatchState.COMMITTED:
        raise already_committed()
    if batch.state == BatchState.PAUSED and not accept_pauses:
        from yice.exchange.imports.reasons import pause

        raise Problem(
            "import-paused",
            Message("这一批要先有人确认，还没有入库。"),
            why=Message("{reasons}", reasons=" ".join(str(pause(entry)) for entry in batch.pauses)),
            fix=Message("请核对预览；确实无误，再确认入库。"),
        )
    if suspicious(batch.pauses) and "seconded_by" not in batch.mapping:
        raise Problem(
            "import-suspicious",
            Message("这份名单看来有问题，还没有入库。"),
            fix=Message("请核对原文件，改好再传；确实无误，在网页上写明理由，再由另一个人确认。"),
            field="reason",
        )
    if batch.state not in (BatchState.STAGED, BatchState.PAUSED):
        raise Problem(
            "import-not-staged",
            Message("这一批现在是“{state}”，不能入库。", state=batch.get_state_display()),
            fix=Message("请等读取完成，或重新上传。"),
        )


def already_committed() -> Problem:
    return Problem(
        "import-committed", Message("这一批已经入库。"), fix=Message("要改正内容，请导入更正后的文件。")
    )


def require_table(path: Path) -> None:
    """A Problem (beside the field "file") where the file is none that rows could be read from."""
    limits = replace(LIMITS, file_bytes=settings.YICE_UPLOAD_LIMIT)
    try:
        if sniff(path, limits) == "xlsx":
            scan(path, limits)
    except Problem as problem:
        problem.field = "file"
        raise


def _ask(actor: User, batch: Batch, kind: str, arguments: dict[str, Any]) -> None:
    batch.job = enqueue(actor=actor, kind=kind, arguments=arguments, area=batch.area)
    batch.save(update_fields=["job"])


def _keep(path: Path, batch: Batch) -> tuple[str, str]:
    """Copy the upload to the lasting files; gives its name there and its SHA-256."""
    if not path.is_file():
        raise Problem(
            "file-missing",
            Message("找不到文件 {name}。", name=path.name),
            fix=Message("请检查路径和文件名。"),
        )
    name = f"uploads/{batch.uuid.hex}{path.suffix.lower()[:6]}"
    with shelf.scratch() as own:
        copy = Path(shutil.copyfile(path, own / "upload"))
        with copy.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        shelf.put(name, copy)
    return name, digest
