"""What the audit says of plans."""

from yice.audit.sentences import name_values, register
from yice.loop.plan.enums import CloseReason, MeasureState

register(
    {
        "plan.written": "制定了帮扶方案 {plan}，第 {number} 版，措施 {measures} 项",
        "plan.signed": "帮扶方案 {plan} 第 {number} 版已签字",
        "plan.progress": "帮扶方案 {plan}：一项措施由“{was}”变为“{progress}”",
        "plan.reviewed": "回访了帮扶方案 {plan}",
        "plan.closed": "帮扶方案 {plan} 已结束，原因：{reason}",
        "group.entered": "纳入“{group}”",
        "group.left": "退出“{group}”",
    }
)
for key in ("was", "progress"):
    name_values(key, {one.value: one.label for one in MeasureState})
name_values("reason", {one.value: one.label for one in CloseReason})
