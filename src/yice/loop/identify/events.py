"""What the audit says of persons, findings, asks and visits."""

from yice.audit.sentences import register

register(
    {
        "finding.outcome": "登记了处理结果：{outcome}",
        "finding.undone": "撤销了处理结果“{outcome}”，原因：{reason}",
        "ask.answered": "登记了询问结果：{answered} 项已回答，{not_known} 项不清楚，{refused} 项不愿回答",
        "fact.corrected": "更正了“{label}”",
        "fact.correction_asked": "请登记机关更正“{label}”",
        "person.unmasked": "查看了完整的{field}，原因：{reason}",
        "visit.listed": "安排了 {day} 的走访，{size} 户",
        "visit.typed": "录入了 {day} 的走访结果，{typed} 户",
        "export.made": "导出了{what}，{rows} 行（{format}）",
    }
)
