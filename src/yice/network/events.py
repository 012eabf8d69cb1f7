"""What the audit says of registers."""

from yice.audit.sentences import register

register(
    {
        "network.received": "登记了{what}名册（截至 {as_of}）：{rows} 条，新增 {added}，变更 {changed}，停止 {ended}"
    }
)
