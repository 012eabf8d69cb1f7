"""What the record says about the operator's commands."""

from yice.audit.sentences import register

register(
    {
        "areas.loaded": "装入了 {edition} 的区划：新增 {added}，更改 {changed}，撤销 {ended}",
        "site.backed_up": "做了备份，含 {files} 个文件",
        "keys.rotated": "换了密封密钥：第 {version} 把，重新密封了 {count} 个值",
        "keys.index_rotated": "换了索引密钥：第 {version} 把，换了 {count} 个索引",
        "site.restored": "从 {made_at} 的备份恢复",
    }
)
