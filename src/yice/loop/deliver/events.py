"""What the audit says of cases."""

from yice.audit.sentences import register

register(
    {
        "case.opened": "受理了“{service}”（{case}）",
        "case.named": "为受理“{service}”核对了证件号和姓名",
        "case.named_apart": "为受理申请核对了证件号和姓名",
        "case.file_read": "看了办件（{case}）的文件（{paper}）",
        "case.reached": "为办理“{service}”（{case}）查看了电话和住址",
        "case.reached_apart": "为办理手上的事查看了电话和住址",
        "case.taken": "“{service}”（{case}）：{step}，{outcome}；下一步：{next}",
        "case.returned": "“{service}”（{case}）：{step}，退回补正",
        "case.refused": "“{service}”（{case}）：{step}，不予同意",
        "case.handed": "“{service}”（{case}）：{step}，转交{to}办理",
        "case.climbed": "“{service}”（{case}）：{step}逾期，已报上一级",
        "case.withdrawn": "“{service}”（{case}）撤回或终止",
        "case.reopened": "“{service}”（{case}）重新办理",
        "case.changed": "“{service}”（{case}）：情况有变化，转入{step}",
        "case.moved": "“{service}”（{case}）随迁移转到新的地方",
        "case.covered": "安排了代班：{since} 至 {until}",
        "case.cover_ended": "代班提前结束",
        "case.file_added": "“{service}”（{case}）：{step}，收到文件（{paper}）",
        "notice.told": "把告知书（{notice}）告诉了本人",
    }
)
