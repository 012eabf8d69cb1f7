"""What the audit says of packs and runs."""

from yice.audit.sentences import name_values, register
from yice.terms.messages import Message

register(
    {
        "policy.installed": "安装了策略包 {pack} 第 {version} 版",
        "screening.run": "用 {pack} 筛查了 {people} 人（截至 {as_of}）：新增 {opened} 条，结清 {closed} 条，名单确认 {confirmed} 条",
    }
)
name_values("kind", {"screening.run": Message("筛查")})
