"""What the record says about imports."""

from yice.audit.sentences import register

register(
    {
        "batch.received": "上传了“{source}”的文件,摘要 {digest}",
        "batch.staged": "读取了“{source}”:{read} 行,新增 {added},变化 {changed},不变 {unchanged},退回 {refused}",
        "batch.committed": "“{source}”入库:新增 {added},变化 {changed},移出 {would_remove},摘要 {digest}",
        "batch.discarded": "放弃了“{source}”的一批",
    }
)
