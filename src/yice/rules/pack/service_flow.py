"""That a service can be walked: every step reached, an end from everywhere, nothing named that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from yice.rules.expression import Scope, parse, resolve
from yice.rules.expression.typed import BOOL
from yice.rules.model import Plan
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.services import GUESTS, NEEDS, OUTSIDE, Block, Form, Service, Step
from yice.terms.errors import Problem
from yice.terms.messages import Message

# What two fields that are held against each other may be.
_RIGHT = {"among": ("set",), "at_most": ("int", "money"), "differs": ("text", "code")}


def check_services(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """Add everything that keeps a service or a form from running."""
    for form in plan.forms.values():
        for told in _form(form):
            problems.append(problem_at(written.forms[form.id].place(*told[0]), *told[1:]))
    for service in plan.services.values():
        entry = written.services[service.id]
        for path, code, what, fix in (*_service(plan, service), *_walk(service)):
            problems.append(problem_at(entry.place(*path), code, what, fix))
        if service.unit in ("person", "household"):
            _expressions(plan, service, problems)


Told = tuple[tuple[str, ...], str, Message, Message | None]


def _form(form: Form) -> Iterator[Told]:
    for name, field in form.fields.items():
        if field.only_if is not None:
            yield from _only_if(form, field.only_if.field, field.only_if.values, "fields", name, "only_if")
        if field.sealed and field.publish:
            yield ("fields", name), "form-field", Message("加密保存的字段不能公示。"), None


def _only_if(form: Form | None, name: str, values: Iterable[str], *path: str) -> Iterator[Told]:
    other = form.fields.get(name) if form else None
    if other is None:
        yield path, "pack-reference", Message("表单里没有字段 {name}。", name=name), None
        return
    allowed = ("true", "false") if other.type == "bool" else tuple(other.codes)
    for value in values:
        if value not in allowed:
            what = Message("字段 {name} 没有取值 {value}。", name=name, value=value)
            yield path, "pack-reference", what, _near(value, allowed)


def _service(plan: Plan, service: Service) -> Iterator[Told]:
    """Names within and outside the service."""
    yield from _known(service.start, service.steps, "start")
    if service.on_change is not None:
        yield from _known(service.on_change, service.steps, "on_change")
    if service.benefit is not None:
        yield from _known(service.benefit, plan.benefits, "benefit")
    for group in service.groups:
        yield from _known(group, plan.groups, "groups")
    for group in service.providers or ():
        yield from _known(group, plan.groups, "providers")
    for need in service.needs:
        yield from _known(need, NEEDS, "needs")
    both = {*service.steps} & {*service.ends}
    for name in sorted(both):
        yield ("ends", name), "service-name", Message("{name} 既是步骤又是结局。", name=name), None
    kinds = _assessed(plan)
    for step in service.steps.values():
        at = ("steps", step.id)
        yield from _step(plan, service, step)
        for block in step.blocks:
            yield from _block(plan, service, step, block, kinds)
        for evidence in step.evidence.values():
            if evidence.only_if is not None:
                form = plan.forms.get(step.form or "")
                path = (*at, "evidence", evidence.id)
                yield from _only_if(form, evidence.only_if.field, evidence.only_if.values, *path)


def _step(plan: Plan, service: Service, step: Step) -> Iterator[Told]:
    at = ("steps", step.id)
    if step.form is not None:
        yield from _known(step.form, plan.forms, *at, "form")
    if step.returns is not None:
        yield from _known(step.returns, service.steps, *at, "returns")
    for other in step.after:
        yield from _known(other, service.steps, *at, "after")
    for other in step.reads:
        yield from _known(other, service.steps, *at, "reads")
    if step.assesses is not None:
        yield from _known(step.assesses, plan.scales, *at, "assesses")
    outside = [party for party in step.who if party.office in (*OUTSIDE, *GUESTS)]
    if outside and not step.recorded_by:
        what = Message("{who} 不是本系统的岗位，要写 recorded_by：由谁转交或代为登记。", who=str(outside[0]))
        yield (*at, "who"), "service-who", what, None
    for party in step.recorded_by:
        if party.office in (*OUTSIDE, *GUESTS):
            what = Message("代为登记的要是本系统的岗位，不能是 {who}。", who=str(party))
            yield (*at, "recorded_by"), "service-who", what, None
    if step.duty == "approve" and not any(one.kind in ("refuse", "stop") for one in step.outcomes.values()):
        what = Message("审批的步骤要有一个不同意或停止的结果（kind: refuse 或 stop）。")
        yield (*at, "outcomes"), "service-refusal", what, None
    if step.publishes is not None:
        for name in step.publishes:
            if name not in ("name", "area", "amount") and not _published(plan, service, name):
                what = Message(
                    "{name} 不能公示：只有 name、area、amount 和写明 publish: true 的字段。", name=name
                )
                yield (*at, "publishes"), "service-publishes", what, None
    for outcome in step.outcomes.values():
        path = (*at, "outcomes", outcome.id)
        for name in outcome.next:
            yield from _known(name, [*service.steps, *service.ends], *path, "next")
        ends = [name for name in outcome.next if name in service.ends]
        if ends and len(outcome.next) > 1:
            yield (*path, "next"), "service-next", Message("结局只能单独写。"), None
        if outcome.kind == "refuse":
            if ends and service.ends[ends[0]].kind not in ("refused", "not_needed", "stopped", "transferred"):
                yield (*path, "next"), "service-next", Message("不同意不能走到这个结局。"), None
            if ends and outcome.notice is None:
                what = Message("不同意并办结的要有告知书（notice: refusal）。")
                yield path, "service-notice", what, None
        for name in outcome.closes:
            yield from _known(name, service.steps, *path, "closes")


def _published(plan: Plan, service: Service, name: str) -> bool:
    forms = (plan.forms.get(step.form or "") for step in service.steps.values())
    return any(form and name in form.fields and form.fields[name].publish for form in forms)


def _block(plan: Plan, service: Service, step: Step, block: Block, kinds: set[str]) -> Iterator[Told]:
    at = ("steps", step.id, "blocks", block.id)
    for name in block.outcomes:
        yield from _known(name, step.outcomes, *at, "outcomes")
    if block.done is not None:
        yield from _known(block.done, service.steps, *at, "done")
        if block.done == step.id:
            yield (*at, "done"), "service-block", Message("步骤不能以自己为前提。"), None
    if block.assessed is not None:
        yield from _known(block.assessed, kinds, *at, "assessed")
    if block.when is not None and service.unit not in ("person", "household"):
        yield (*at, "when"), "service-block", Message("只有以人或家庭为单位的事项能用 when。"), None
    if block.consent is not None and (service.benefit or service.unit not in ("person", "household")):
        what = Message("只有以人或家庭为单位、不发放待遇的事项能用 consent：待遇不因不同意而停。")
        yield (*at, "consent"), "service-block", what, None
    for key, limit in (("among", block.among), ("at_most", block.at_most), ("differs", block.differs)):
        if limit is None:
            continue
        own, other_step, other = limit
        held = _field(plan, service, step.id, own), _field(plan, service, other_step, other)
        for name, found in zip((own, f"{other_step}.{other}"), held, strict=True):
            if found is None:
                what = Message("没有字段 {name}。", name=name)
                yield (*at, key), "pack-reference", what, None
        right = _RIGHT[key]
        if all(held) and (held[0] != held[1] or held[0] not in right):
            what = Message("两个字段的类型要相同，并且是 {kinds}。", kinds="、".join(right))
            yield (*at, key), "service-block", what, None


def _field(plan: Plan, service: Service, step: str, name: str) -> str | None:
    found = service.steps.get(step)
    form = plan.forms.get(found.form or "") if found else None
    field = form.fields.get(name) if form else None
    return field.type if field else None


def _assessed(plan: Plan) -> set[str]:
    return set(plan.scales)


def _known(name: str, among: Iterable[str], *path: str) -> Iterator[Told]:
    known = list(among)
    if name not in known:
        yield path, "pack-reference", Message("没有定义 {name}。", name=name), _near(name, known)


def _near(name: str, among: Iterable[str]) -> Message | None:
    near = difflib.get_close_matches(name, list(among), 1)
    return Message("是否想写 {near}？", near=near[0]) if near else None


def _walk(service: Service) -> Iterator[Told]:
    """Every step and end is reached from the start, and from every step some end can be reached."""
    ways = {
        step.id: {
            *(name for outcome in step.outcomes.values() for name in outcome.next),
            *((step.returns,) if step.returns else ()),
        }
        for step in service.steps.values()
    }
    starts = {service.start, *((service.on_change,) if service.on_change else ())}
    reached = _from(starts, ways)
    for name in service.steps:
        if name not in reached:
            yield (
                ("steps", name),
                "service-unreached",
                Message("没有一条路走到步骤 {name}。", name=name),
                None,
            )
    for name in service.ends:
        if name not in reached and service.ends[name].kind not in ("withdrawn", "died"):
            yield ("ends", name), "service-unreached", Message("没有一条路走到结局 {name}。", name=name), None
    back: dict[str, set[str]] = {}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, set()).add(name)
    # What another outcome closes is over with it, though no road of its own leads on.
    closed = {
        name for step in service.steps.values() for one in step.outcomes.values() for name in one.closes
    }
    ending = _from({*service.ends, *closed}, back)
    for name in service.steps:
        if name not in ending:
            yield (
                ("steps", name),
                "service-endless",
                Message("从步骤 {name} 走不到任何结局。", name=name),
                None,
            )


def _from(starts: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        for name in ways.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _expressions(plan: Plan, service: Service, problems: list[Problem]) -> None:
    names = Scope.of(plan, may_ask_known=True)
    for step in service.steps.values():
        for block in step.blocks:
            if block.when is None:
                continue
            try:
                resolve(
                    parse(block.when, block.place), names, text=block.when, place=block.place, expect=BOOL
                )
            except Problem as problem:
                problems.append(problem)
