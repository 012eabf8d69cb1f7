"""What a copy of somebody's record says of assessments and conclusions, as far as the officer reads them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from yice.accounts.models import User
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.selectors import assessments, determinations, scale_of
from yice.loop.identify.models import Person
from yice.loop.identify.rights import copying
from yice.loop.identify.rights.copying import Row
from yice.policy.words import text


def rows(actor: User, person: Person) -> Iterator[Row]:
    for one in assessments(actor, person):
        scale = scale_of(one)
        band = next((each.says for each in scale.bands if each.id == one.band), None) if scale else None
        score = "" if one.score is None else str(one.score)
        said = [
            AssessmentState(one.state).label,
            score,
            text(band) if band else one.band,
            one.findings,
            one.wishes,
        ]
        by = one.assessor.name if one.assessor else ""
        what = text(scale.title) if scale else one.kind
        yield gettext("评估"), what, " ".join(str(part) for part in said if part), by, one.on.isoformat()
    for found in determinations(actor, person):
        yield gettext("评估"), gettext("综合结论"), found.conclusion, found.by.name, found.on.isoformat()


copying.parts.append(rows)
