"""What the audit says of registers."""

from yice.audit.sentences import register

register(
    {
        "provider.moved": "服务机构“{provider}”：{state}",
        "provider.attached": "登记了{who}在服务机构“{provider}”工作",
        "network.received": "登记了{what}名册（截至 {as_of}）：{rows} 条，新增 {added}，变更 {changed}，停止 {ended}",
    }
)
