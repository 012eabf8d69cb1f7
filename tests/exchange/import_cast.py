"""Rows of a small register and how to bring them in, the same in every test of imports. Nobody here is real."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, VILLAGE

from yice.accounts.models import User
from yice.exchange.imports import services, working
from yice.exchange.imports.steps import Alone
from yice.identifiers.citizen_id import check_digit
from yice.loop.identify.models import Batch

AS_OF = dt.date(2020, 6, 1)
Record = dict[str, Any]


def id_number(birth: str = "19800102", sequence: int = 1) -> str:
    """An id of the test range with the right check digit; an odd sequence is male."""
    body = f"440799{birth}{sequence:03d}"
    return body + check_digit(body)


LIN = id_number("19900315", 2)
ZHOU = id_number("19551101", 11)
WU = id_number("20110608", 4)
OUYANG = id_number("19720229", 21)


def lin(**changes: Any) -> Record:
    """林小禾: physical, grade 2, works."""
    return {
        "name": "林小禾", "id_number": LIN, "certificate_number": f"{LIN}42", "hukou": VILLAGE, "residence": VILLAGE,
        "phone": "11100000001", "address": "江南社区 1 号", "household_number": "H001", "relation": "head",
        "certificate_status": "valid", "rural": "false", "employed": "true", "need_device": "true", **changes,
    }  # fmt: skip


def zhou(**changes: Any) -> Record:
    """周大山: visual, grade 1, lives in the next village."""
    return {
        "name": "周大山", "id_number": ZHOU, "certificate_number": f"{ZHOU}11", "hukou": VILLAGE,
        "residence": NEXT_VILLAGE, "phone": "11100000002", "household_number": "H002", "relation": "head",
        "certificate_status": "valid", "rural": "true", "employed": "false", **changes,
    }  # fmt: skip


def wu(**changes: Any) -> Record:
    """吴静: a child, psychiatric, grade 3, in 周大山's household."""
    return {
        "name": "吴静", "id_number": WU, "certificate_number": f"{WU}63", "hukou": VILLAGE, "residence": VILLAGE,
        "household_number": "H002", "relation": "grandchild", "certificate_status": "valid", "rural": "true",
        "guardian_name": "周大山", **changes,
    }  # fmt: skip


def ouyang(**changes: Any) -> Record:
    """欧阳明: hearing, grade 4, in another street."""
    return {
        "name": "欧阳·明", "id_number": OUYANG, "certificate_number": f"{OUYANG}24B1", "hukou": FAR_VILLAGE,
        "residence": FAR_VILLAGE, "certificate_status": "frozen", **changes,
    }  # fmt: skip


def everybody() -> list[Record]:
    return [lin(), zhou(), wu(), ouyang()]


def strangers(count: int) -> list[Record]:
    """Many more, alike but for name and number."""
    return [
        lin(name=f"某{n:05d}", id_number=(number := id_number(f"19{50 + n // 900 % 50}0101", n % 900 + 100)),
            certificate_number=f"{number}43", phone="", household_number="", address="")
        for n in range(count)
    ]  # fmt: skip


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def stage(
    actor: User, folder: Path, rows: Sequence[Mapping[str, Any]], kind: str = "registry", **options: Any
) -> Batch:
    """Write the rows as a file and stage it."""
    options = {"area": COUNTY, "as_of": AS_OF, "whole": False, **options}
    path = write_csv(folder / f"{kind}.csv", rows)
    batch = services.receive(actor=actor, path=path, kind=kind, **options)
    return working.stage_batch(batch, Alone())


def bring_in(
    actor: User, folder: Path, rows: Sequence[Mapping[str, Any]], kind: str = "registry", **options: Any
) -> Batch:
    """Stage the rows and commit them whatever the pauses say."""
    batch = stage(actor, folder, rows, kind, **options)
    return working.commit_batch(batch, Alone(), actor=actor, accept_pauses=True)
