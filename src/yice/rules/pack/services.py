"""Services, forms and scales from shapes as written to the frozen values of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from yice.rules.model import Fact
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry
from yice.rules.pack.service_schema import (
    BlockSpec,
    EvidenceSpec,
    FormFieldSpec,
    FormSpec,
    LimitSpec,
    OnlyIfSpec,
    OutcomeSpec,
    ScaleSpec,
    ServiceSpec,
    SpanSpec,
    StepSpec,
)
from yice.rules.pack.spec import WordsSpec
from yice.rules.pack.yaml import problem_at
from yice.rules.services import (
    GUESTS,
    OFFICES,
    OUTSIDE,
    Band,
    Block,
    End,
    Evidence,
    FieldType,
    Form,
    FormField,
    OnlyIf,
    Outcome,
    Party,
    Scale,
    ScaleItem,
    Service,
    Span,
    Step,
)
from yice.rules.words import Words
from yice.terms.messages import Message

_OF_FACT: Mapping[str, FieldType] = {
    "bool": "bool", "int": "int", "date": "date", "code": "code", "set": "set", "area": "area",
}  # fmt: skip


def service(spec: ServiceSpec, entry: Entry, citing: Citing) -> Service:
    steps = {name: _step(name, one, entry, citing) for name, one in spec.steps.items()}
    return Service(
        id=entry.id,
        title=spec.title.words(),
        clause=citing.clause(spec.clause, entry.place("clause")),
        place=entry.place(),
        unit=spec.unit,
        basis=spec.basis,
        start=spec.start,
        steps=steps,
        ends={name: End(name, one.says.words(), one.kind) for name, one in spec.ends.items()},
        duties=tuple(spec.duties),
        benefit=spec.benefit,
        groups=tuple(spec.groups),
        needs=tuple(spec.needs),
        providers=None if spec.providers is None else tuple(spec.providers),
        anywhere=spec.anywhere,
        restricted=spec.restricted,
        within=_number(spec.within, entry, citing, "within"),
        again_after=_span(spec.again_after, entry, citing, "again_after"),
        on_change=spec.on_change,
        optional=spec.optional,
    )


def _step(name: str, spec: StepSpec, entry: Entry, citing: Citing) -> Step:
    at = ("steps", name)
    recorded = spec.recorded_by
    return Step(
        id=name,
        title=spec.title.words(),
        clause=citing.clause(spec.clause, entry.place(*at, "clause")),
        place=entry.place(*at),
        who=_parties(spec.who, entry, citing, *at, "who"),
        duties=tuple(spec.duties),
        recorded_by=_parties(recorded, entry, citing, *at, "recorded_by") if recorded else (),
        duty=spec.duty,
        within=_number(spec.within, entry, citing, *at, "within"),
        lasts=_span(spec.lasts, entry, citing, *at, "lasts"),
        form=spec.form,
        evidence={
            key: _evidence(key, one, entry, citing, *at, "evidence", key)
            for key, one in spec.evidence.items()
        },
        blocks=tuple(_block(key, one, entry, citing, *at, "blocks", key) for key, one in spec.blocks.items()),
        outcomes={key: _outcome(key, one) for key, one in spec.outcomes.items()},
        returns=spec.returns,
        after=tuple(spec.after),
        reads=tuple(spec.reads),
        contact=spec.contact,
        assesses=spec.assesses,
        pays=spec.pays,
        no_cash_from=tuple(spec.no_cash_from),
        delivers=spec.delivers,
        publishes=None if spec.publishes is None else tuple(spec.publishes),
        bulk=spec.bulk,
        sample=spec.sample,
    )


def _outcome(name: str, spec: OutcomeSpec) -> Outcome:
    return Outcome(
        id=name,
        says=spec.says.words(),
        next=(spec.next,) if isinstance(spec.next, str) else tuple(spec.next),
        kind=spec.kind,
        notice=spec.notice,
        reasons=_words(spec.reasons),
        closes=tuple(spec.closes),
    )


def _evidence(name: str, spec: EvidenceSpec, entry: Entry, citing: Citing, *at: str) -> Evidence:
    clause = citing.clause(spec.clause, entry.place(*at, "clause")) if spec.clause else ""
    return Evidence(name, spec.says.words(), clause, _only_if(spec.only_if))


def _block(name: str, spec: BlockSpec, entry: Entry, citing: Citing, *at: str) -> Block:
    asked = [
        key
        for key in ("done", "assessed", "when", "plan", "consent", "among", "at_most", "differs")
        if getattr(spec, key) is not None
    ]
    if len(asked) != 1:
        what = Message("一项前提只写一个：done、assessed、when、plan、consent、among、at_most 或 differs。")
        citing.problems.append(problem_at(entry.place(*at), "service-block", what))
    return Block(
        id=name,
        says=spec.says.words(),
        clause=citing.clause(spec.clause, entry.place(*at, "clause")),
        place=entry.text(*at, "when") if spec.when else entry.place(*at),
        outcomes=tuple(spec.outcomes),
        done=spec.done,
        assessed=spec.assessed,
        when=spec.when,
        plan=spec.plan is True,
        consent=spec.consent,
        among=_limit(spec.among),
        at_most=_limit(spec.at_most),
        differs=_limit(spec.differs),
    )


def _limit(spec: LimitSpec | None) -> tuple[str, str, str] | None:
    if spec is None:
        return None
    step, _, field = spec.of.partition(".")
    return spec.field, step, field


def _parties(said: str | Iterable[str], entry: Entry, citing: Citing, *at: str) -> tuple[Party, ...]:
    """Offices at a tier that they exist at; guests and outsiders alone."""
    found = []
    for text in (said,) if isinstance(said, str) else said:
        office, _, tier = text.partition("@")
        if office in OFFICES and tier not in OFFICES[office]:
            what = Message(
                "{office} 要写明哪一级：{tiers}。",
                office=office,
                tiers="、".join(f"{office}@{t}" for t in OFFICES[office]),
            )
            citing.problems.append(problem_at(entry.place(*at), "service-who", what))
        elif office not in OFFICES and (tier or office not in (*GUESTS, *OUTSIDE)):
            what = Message("没有 {who} 这样的办理人。", who=text)
            known = "、".join((*OFFICES, *GUESTS, *OUTSIDE))
            fix = Message("可以写：{known}。", known=known)
            citing.problems.append(problem_at(entry.place(*at), "service-who", what, fix))
        found.append(Party(office, tier))
    return tuple(found)


def _number(said: int | str | None, entry: Entry, citing: Citing, *at: str) -> int | None:
    """A number, or the one that a setting of the plan gives."""
    if said is None or isinstance(said, int):
        return said
    found = citing.settings.get(said)
    if found is None or isinstance(found.value, bool) or not isinstance(found.value, int):
        what = Message("{name} 应是 settings.yaml 里值为整数的设置。", name=said)
        citing.problems.append(problem_at(entry.place(*at), "pack-setting", what))
        return None
    return found.value


def _span(spec: SpanSpec | None, entry: Entry, citing: Citing, *at: str) -> Span | None:
    if spec is None:
        return None
    given = {
        key: value for key in ("working_days", "days", "months") if (value := getattr(spec, key)) is not None
    }
    if len(given) != 1:
        what = Message("时长只写一个：working_days、days 或 months。")
        citing.problems.append(problem_at(entry.place(*at), "service-span", what))
    read = {key: _number(value, entry, citing, *at, key) or 0 for key, value in given.items()}
    return Span(**read)


def _only_if(spec: OnlyIfSpec | None) -> OnlyIf | None:
    if spec is None:
        return None
    values = (str(one).lower() if isinstance(one, bool) else one for one in spec.is_)
    return OnlyIf(spec.field, tuple(values))


def _words(said: Mapping[str, WordsSpec]) -> dict[str, Words]:
    return {key: one.words() for key, one in said.items()}


def form(spec: FormSpec, entry: Entry, citing: Citing, facts: Mapping[str, Fact]) -> Form:
    fields = {
        name: made
        for name, one in spec.fields.items()
        if (made := _field(name, one, entry, citing, facts)) is not None
    }
    source = citing.clause(spec.source, entry.place("source")) if spec.source else ""
    return Form(entry.id, spec.title.words(), fields, entry.place(), source)


def _field(
    name: str, spec: FormFieldSpec, entry: Entry, citing: Citing, facts: Mapping[str, Fact]
) -> FormField | None:
    at = ("fields", name)
    fact = facts.get(spec.fact) if spec.fact is not None else None
    label, kind, codes = spec.label.words() if spec.label else None, spec.type, _words(spec.codes)
    if spec.fact is not None and fact is None:
        what = Message("没有叫 {name} 的事实。", name=spec.fact)
        citing.problems.append(problem_at(entry.place(*at, "fact"), "pack-reference", what))
        return None
    if fact is not None:
        label = label or fact.label
        kind = kind or _OF_FACT.get(fact.type, "text")
        codes = dict(zip(fact.codes, fact.code_labels, strict=False)) if kind in ("code", "set") else codes
    if label is None or kind is None:
        what = Message("字段要么写 fact，要么写 type 和 label。")
        citing.problems.append(problem_at(entry.place(*at), "form-field", what))
        return None
    if (kind in ("code", "set")) != bool(codes):
        what = Message("code 和 set 类字段要有 codes，其他类没有。")
        citing.problems.append(problem_at(entry.place(*at), "form-field", what))
    low, high = spec.range or (None, None)
    if fact is not None and spec.range is None:
        low, high = fact.low, fact.high
    return FormField(
        id=name,
        label=label,
        type=kind,
        fact=spec.fact,
        codes=codes,
        required=spec.required,
        only_if=_only_if(spec.only_if),
        help=spec.help.words() if spec.help else None,
        low=low,
        high=high,
        sealed=spec.sealed,
        publish=spec.publish,
    )


def scale(spec: ScaleSpec, entry: Entry, citing: Citing) -> Scale:
    items = tuple(ScaleItem(key, one.says.words(), tuple(one.scores)) for key, one in spec.items.items())
    bands = tuple(Band(key, one.says.words(), *one.range) for key, one in spec.bands.items())
    low, high = spec.range or (None, None)
    if items:
        ends = [(min(one.scores), max(one.scores)) for one in items]
        fold = sum if spec.total == "sum" else max
        low, high = fold(one[0] for one in ends), fold(one[1] for one in ends)
    if bands:
        covered = sorted((band.low, band.high) for band in bands)
        whole = (
            low is not None
            and covered[0][0] == low
            and covered[-1][1] == high
            and all(a[1] + 1 == b[0] for a, b in pairwise(covered))
        )
        if not whole:
            what = Message("分档要不重不漏地盖住 {low} 到 {high} 分。", low=low, high=high)
            citing.problems.append(problem_at(entry.place("bands"), "scale-bands", what))
    return Scale(
        id=entry.id,
        title=spec.title.words(),
        clause=citing.clause(spec.clause, entry.place("clause")),
        place=entry.place(),
        items=items,
        total=spec.total,
        bands=bands,
        low=low,
        high=high,
        expires_months=_number(spec.expires_months, entry, citing, "expires_months"),
        certified=spec.certified,
        credit=spec.credit,
    )
