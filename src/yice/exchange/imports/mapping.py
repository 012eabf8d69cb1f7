"""Which column means what, corrected by hand: kept with the batch, and remembered for the next file laid out alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.models import User
from yice.audit import services as audit
from yice.exchange.imports.delivery import NOT_KEPT
from yice.exchange.imports.services import action_of
from yice.exchange.vocabulary import Field, fields, fold_heading, kinds
from yice.exchange.vocabulary.reading import load
from yice.identifiers.division import upper_bound
from yice.jobs.models import State
from yice.jobs.services import enqueue
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem
from yice.terms.messages import Message

if TYPE_CHECKING:
    from yice.exchange.columns import Understanding

REMEMBERED = (BatchState.STAGED, BatchState.PAUSED, BatchState.COMMITTED)
DECIDED = (BatchState.COMMITTED, BatchState.DISCARDED)
LIVE = (State.WAITING, State.RUNNING)
# Of a person's row, what a list may carry beside its own columns; a list states these facts and no others.
OF_LISTS = (
    "name", "id_number", "certificate_number", "birth_date", "sex", "phone", "address", "hukou", "hukou_township",
    "hukou_village", "household_number", "head_name", "head_id", "relation", "household_size", "income_class",
    "medical_kind", "pension_kind", "in_school_roll", "school_stage", "school_kind", "deceased",
)  # fmt: skip

# What was said of a delivery as it was read before.
READ_ANEW = ("month_from", "remembered", "insisted", "insisted_by", "seconded_by")


def layout_of(headings: Sequence[str]) -> str:
    """The same for two files with the same columns, in whatever order."""
    folded = "\n".join(sorted(fold_heading(heading) for heading in headings if heading))
    return hashlib.sha256(folded.encode()).hexdigest()[:32]


def corrections(batch: Batch, headings: Sequence[str]) -> dict[str, str]:
    """Heading → field ("" for none) as a person said: of this batch, else of the last one laid out alike."""
    if "corrected" in batch.mapping:
        return dict(batch.mapping["corrected"])
    county = batch.area[:6].ljust(12, "0")
    alike = Batch.objects.filter(
        kind=batch.kind,
        source=batch.source,
        area__gte=county,
        area__lt=upper_bound(county),
        mapping__layout=layout_of(headings),
        state__in=REMEMBERED,
    ).exclude(pk=batch.pk)
    last = alike.order_by("-id").values_list("mapping", flat=True).first()
    return dict(last.get("corrected", {})) if last else {}


def told(
    batch: Batch, headings: Sequence[str], understood: Understanding, corrected: Mapping[str, str]
) -> dict[str, Any]:
    """What a batch keeps of its columns. `headings`: as they stand in the file; members may have made rows of some."""
    names = understood.headers or list(headings)

    def of(places: Sequence[int]) -> list[str]:
        return [names[at] for at in places if at < len(names)]

    return {
        "sheet": understood.sheet.name if understood.sheet else "",
        "layout": layout_of(headings),
        "fields": {names[at]: name for at, name in sorted(understood.mapping.items()) if at < len(names)},
        "unknown": of(understood.unknown),
        "unused": of(understood.unused),
        "corrected": dict(corrected),
        "remembered": batch.mapping.get("remembered", False)
        if "corrected" in batch.mapping
        else bool(corrected),
        "month_from": batch.mapping.get("month_from") or understood.month_from,
    }


def meanings(kind: str) -> list[Field]:
    """What a column of this kind of sheet may be taken for, in the order of the vocabulary."""
    names: list[str] = [*load("fields_persons.yaml"), *load("fields_life.yaml"), *load("fields_lists.yaml")]
    made = kinds()[kind]
    if made.is_list:
        of_lists = {*OF_LISTS, *load("fields_lists.yaml"), *made.marks, *made.headings.values(), *made.states}
        names = [name for name in names if name in of_lists]
    else:
        of_lists = set(load("fields_lists.yaml"))
        names = [name for name in names if name not in of_lists]
    return [fields()[name] for name in names if name not in NOT_KEPT]


def remap(*, actor: User, batch: Batch, chosen: Mapping[str, str]) -> Batch:
    """Take columns for what `chosen` says (heading → field, "" for none) and read the file again, as a job.

    What was chosen before holds for the headings not named.
    """
    access.require(actor, action_of(batch), batch)
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
        _require_open(batch)
        _require_known(batch, chosen)
        mapping = {key: value for key, value in batch.mapping.items() if key not in READ_ANEW}
        mapping["corrected"] = {**mapping.get("corrected", {}), **chosen}
        if batch.mapping.get("month_from", "given") != "given":
            batch.month = None  # it was read from the file, and may be read otherwise now
        batch.mapping, batch.state = mapping, BatchState.READING
        batch.job = enqueue(
            actor=actor, kind="import.stage", arguments={"batch": batch.uuid.hex}, area=batch.area
        )
        batch.save(update_fields=["mapping", "state", "month", "job"])
        audit.record(
            actor=actor,
            code="batch.columns_chosen",
            subject=batch,
            area=batch.area,
            values={"source": batch.source, "columns": len(chosen), "chosen": dict(chosen)},
        )
    return batch


def _require_open(batch: Batch) -> None:
    if batch.state in DECIDED:
        raise Problem(
            "import-decided",
            Message("这一批现在是“{state}”，栏目不能再改。", state=batch.get_state_display()),
            fix=Message("请重新上传文件，再核对栏目。"),
        )
    if batch.job is not None and batch.job.state in LIVE:
        raise Problem(
            "import-busy", Message("这一批还在处理，栏目现在不能改。"), fix=Message("请等处理完再改。")
        )


def _require_known(batch: Batch, chosen: Mapping[str, str]) -> None:
    mapping = batch.mapping
    headings = {*mapping.get("fields", {}), *mapping.get("unknown", ()), *mapping.get("unused", ())}
    allowed = {"", *(one.name for one in meanings(batch.source.removeprefix("list:")))}
    if not chosen:
        raise Problem("columns-none", Message("还没有改动任何一栏。"))
    for heading, name in chosen.items():
        if heading not in headings:
            raise Problem(
                "column-unknown",
                Message("文件里没有“{heading}”这一栏。", heading=heading),
                fix=Message("请刷新页面，再核对栏目。"),
            )
        if name not in allowed and name != mapping.get("fields", {}).get(heading):
            raise Problem(
                "field-unknown",
                Message("“{heading}”不能当作所选的内容。", heading=heading),
                fix=Message("请从列表里选。"),
            )
