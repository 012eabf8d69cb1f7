"""What the audit says of persons, findings, asks and visits."""

from django.utils import translation

from yice.audit.sentences import name_values, register
from yice.loop.identify.enums import ContactReason, OutcomeCode, VisitResult
from yice.loop.identify.services.unmasking import FIELDS
from yice.terms.messages import Message


def _chinese(code: OutcomeCode) -> str:
    with translation.override("zh-hans"):
        return str(code.label)


register(
    {
        "finding.outcome": "登记了处理结果：{outcome}",
        "finding.undone": "撤销了处理结果“{outcome}”，原因：{reason}",
        "ask.answered": "登记了询问结果：{answered} 项已回答，{not_known} 项不清楚，{refused} 项不愿回答",
        "fact.corrected": "更正了“{label}”",
        "fact.correction_asked": "请登记机关更正“{label}”",
        "person.unmasked": "查看了完整的{field}，原因：{reason}",
        "person.contact_shown": "查看了完整的电话和住址，原因：{why}",
        "visit.listed": "安排了 {day} 的走访，{size} 户",
        "visit.typed": "录入了 {day} 的走访结果，{typed} 户",
        "visit.recorded": "登记了走访：{result}",
        "visit.decided": "选定了走访中两人登记不一致的一项",
        "export.made": "导出了{what}，{rows} 行（{format}）",
        "need.opened": "登记了需求 {number}：{need}",
        "need.joined": "需求 {number} 再次提出，已合并",
        "need.sent": "需求 {number} 转交部门",
        "need.owned": "需求 {number} 换了承办人：{owner}",
        "need.moved": "需求 {number} 随本人转到现在的地方",
        "need.applied": "需求 {number} 已受理申请 {case}",
        "need.settled": "需求 {number} 的比对线索已结清，等待答复本人",
        "need.reported": "需求 {number} 的办件 {case} 已办结，等待答复本人",
        "need.answered": "需求 {number} 已答复本人并办结",
        "need.climbed": "需求 {number} 逾期未答复，已报上一级",
        "need.rated": "本人对需求 {number} 的办理评了 {satisfied} 分",
        "tie.declared": "登记了工作人员{user}与本人的关系",
    }
)
name_values("result", {one.value: one.label for one in VisitResult})
name_values("why", {reason.value: reason.label for reason in ContactReason})
# An older record has the words of the outcome where it now has its code.
name_values("outcome", {key: code.label for code in OutcomeCode for key in (code.value, _chinese(code))})
name_values("field", {words: Message(words) for words in FIELDS.values()})
