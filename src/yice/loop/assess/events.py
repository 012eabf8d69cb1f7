"""What the audit says of assessments."""

from yice.audit.sentences import register

register(
    {
        "assessment.recorded": "登记了评估：{scale}，{band}",
        "assessment.disputed": "对评估提出异议：{scale}",
        "assessment.settled": "评估争议有了最终意见：{scale}，{band}",
        "assessment.expired": "评估已过期，需要重新评估：{scale}",
        "assessment.determined": "作出综合认定，需求 {count} 项",
        "assessor.certified": "登记了评估人员资格",
        "assessor.ended": "评估人员资格已终止",
    }
)
