"""What the audit says of plans."""

from yice.audit.sentences import register

register(
    {
        "plan.written": "制定了帮扶方案 {plan}，第 {number} 版，措施 {measures} 项",
        "plan.signed": "帮扶方案 {plan} 第 {number} 版已签字",
        "plan.progress": "帮扶方案 {plan}：措施有进展",
        "plan.reviewed": "回访了帮扶方案 {plan}",
        "plan.closed": "帮扶方案 {plan} 已结束",
        "group.entered": "纳入“{group}”",
        "group.left": "退出“{group}”",
    }
)
