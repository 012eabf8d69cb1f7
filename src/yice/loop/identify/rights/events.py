"""What the audit says of consents, guardians, objections, copies and disposals."""

from collections.abc import Callable

from yice.audit.sentences import name_values, name_with, register
from yice.loop.identify.rights import basis
from yice.loop.identify.rights.enums import GivenBy, Ground, ObjectionAnswer
from yice.policy.words import text
from yice.terms.messages import Message

register(
    {
        "consent.given": "登记了{given_by}对“{purpose}”的同意",
        "consent.withdrawn": "登记了{given_by}撤回对“{purpose}”的同意",
        "guardian.recorded": "登记了监护人：{ground}，到 {last} 为止",
        "objection.made": "登记了对“{purpose}”的异议",
        "objection.answered": "答复了对“{purpose}”的异议：{objection}",
        "record.copied": "给{given_by}制作了本人资料副本，{rows} 行",
        "person.opened": "打开了这个人的资料",
        "person.photo_seen": "看了这个人的照片或签名",
        "person.searched": "按{by}查找人，找到 {found} 个",
        "list.opened": "看了名单（{page}）",
        "disposal.asked": "提出销毁：{kept}，依据：{basis}",
        "disposal.done": "同意并销毁了：{kept}，{gone} 项",
        "disposal.refused": "没有同意销毁：{kept}",
    }
)
name_values("by", {"number": Message("号码"), "name": Message("姓名")})
name_values("given_by", {one.value: one.label for one in GivenBy})
name_values("ground", {one.value: one.label for one in Ground})
name_values("objection", {one.value: one.label for one in ObjectionAnswer})


def _titles(key: str, value: str) -> str | None:
    """Names from the data files, in the reader's language."""
    tables: dict[str, Callable[[], object]] = {"purpose": basis.answered, "kept": basis.kinds}
    found = tables[key]().get(value) if key in tables else None  # type: ignore[attr-defined]
    return text(found.title) if found is not None else None


name_with(_titles)
