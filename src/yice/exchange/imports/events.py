"""What the record says about imports."""

from functools import partial
from operator import attrgetter

from django.utils.functional import lazy

from yice.audit.sentences import name_values, register
from yice.exchange.vocabulary.kinds import kinds
from yice.terms.messages import Message

register(
    {
        "batch.received": "上传了“{source}”的文件，摘要 {digest}",
        "batch.staged": "读取了“{source}”：{read} 行，新增 {added}，变化 {changed}，不变 {unchanged}，退回 {refused}",
        "batch.list_staged": "读取了“{source}”：{read} 行，对上在册人员 {matched} 行，可能是同一人 {possible} 行，"
        "不在登记册 {unmatched} 行，退回 {refused} 行",
        "batch.columns_chosen": "更正了“{source}”{columns} 栏的认法",
        "batch.committed": "“{source}”入库：新增 {added}，变化 {changed}，移出 {would_remove}",
        "batch.list_committed": "“{source}”入库：{read} 行，对上在册人员 {matched} 行，可能是同一人 {possible} 行，"
        "不在登记册 {unmatched} 行，退回 {refused} 行",
        "batch.handed_back": "下载了“{source}”退回的 {refused} 行",
        "batch.expired": "“{source}”的一批 {days} 天没有决定，已放弃，上传的文件已删除",
        "batch.insisted": "“{source}”看来有问题，仍决定入库，理由：{reason}",
        "batch.seconded": "核对了“{source}”，同意入库",
        "upload.infected": "上传的文件里查出病毒，没有收下",
        "batch.discarded": "放弃了“{source}”的一批",
    }
)
name_values(
    "source",
    {
        f"list:{kind.id}" if kind.is_list else kind.id: lazy(partial(attrgetter("label"), kind), str)()
        for kind in kinds().values()
    },
)
name_values(
    "kind",
    {
        "import.stage": Message("读取导入的文件"),
        "import.commit": Message("导入入库"),
        "import.rescreen": Message("重新判断有变化的人"),
    },
)
