"""Who the rows of a register are: number, birth date and sex, completed from what the number itself says."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.imports.chunks import Chunk, filled
from yice.identifiers import bulk
from yice.identifiers.citizen_id import Kind


@dataclass(frozen=True)
class Identities:
    """Who each row is, completed from the certificate number where the id is blank."""

    number: pa.Array
    kind: list[str]
    birth: pa.Array  # ISO text
    sex: pa.Array
    certificate: pa.Array
    usable: list[bool]


def identities(chunk: Chunk, *, demo: bool) -> Identities:
    """The id, else the first 18 characters of the certificate number; birth and sex as the number says."""
    certificate = chunk.text("certificate_number")
    number = filled(chunk.text("id_number"), pc.utf8_slice_codeunits(certificate, 0, 18))
    read = bulk.citizen_ids(pc.fill_null(number, ""), allow_test_range=demo)
    text = pc.if_else(pc.equal(read.text, ""), pa.scalar(None, pa.string()), read.text)
    birth = pc.cast(pa.array(read.birth.astype("datetime64[D]")), pa.string())
    sex = pa.array([bulk.SEXES[code] for code in read.sex.tolist()], pa.string())
    kinds = [Kind(code).name.lower() for code in range(len(Kind))]
    return Identities(
        text,
        [kinds[code] for code in read.kind.tolist()],
        filled(birth, chunk.text("birth_date")),
        filled(sex, chunk.text("sex")),
        certificate,
        read.usable.tolist(),
    )
