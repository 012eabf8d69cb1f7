"""What the record says of agreements and of doubts put to the owners of lists."""

from yice.audit.sentences import name_values, register
from yice.terms.messages import Message

register(
    {
        "list.agreed": "登记了“{list}”的约定（{sender}）",
        "list.chased": "催了“{list}”{month} 期（{sender}），第 {times} 次",
        "list.climbed": "“{list}”{month} 期逾期未到，已报上一级（{sender}）",
        "list.rows_deleted": "“{list}”保存期满，删除了 {deliveries} 期的 {rows} 行",
        "doubts.found": "查出“{list}”有疑点的行：{found} 行，{gone} 行疑点已消失",
        "doubts.put": "向{sender}提交了“{list}”的 {rows} 行疑点",
        "doubts.handed_out": "下载了“{list}”的 {rows} 行疑点",
        "doubts.answered": "收到{sender}对“{list}”的答复：更正 {corrected}，无误 {confirmed}，不归其管 {not_ours}",
        "row.corrected": "名单上的一行按来表单位的答复更正为第 {version} 版",
    }
)
name_values("kind", {"list.delete_expired": Message("删除名单上到期的行")})
