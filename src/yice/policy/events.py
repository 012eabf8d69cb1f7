"""What the audit says of packs and runs."""

from yice.audit.sentences import name_values, name_with, register
from yice.policy.titles import called
from yice.terms.messages import Message

register(
    {
        "snapshot.removed": "过了保存期，清理了 {as_of} 的快照文件，摘要 {digest}",
        "policy.installed": "安装了策略包“{pack}”第 {version} 版",
        "policy.compared": "比较了“{pack}”第 {old} 版和第 {new} 版，共 {people} 人",
        "policy.in_force": "启用了“{pack}”第 {version} 版；{dropped} 人会失去正在领取的待遇，已看过名单。理由：{reason}",
        "screening.run": "用“{pack}”筛查了 {people} 人（截至 {as_of}）：新增 {opened} 条，结清 {closed} 条，名单确认 {confirmed} 条",
    }
)
name_values(
    "kind",
    {
        "screening.run": Message("筛查"),
        "policy.compare": Message("政策比较"),
        "policy.put_in_force": Message("启用政策包"),
    },
)
name_with(called)
