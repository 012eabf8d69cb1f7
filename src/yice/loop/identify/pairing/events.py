"""What the audit says of pairs: a list's row and a person, two on the register."""

from yice.audit.sentences import name_values, register
from yice.loop.identify.enums import PairState
from yice.terms.messages import Message

register(
    {
        "pair.decided": "核对了名单上的一行与本人：{verdict}",
        "pair.opened": "打开了名单上的一行与本人的对应，准备核对",
        "pair.undone": "撤销了名单上的一行与本人的对应，原因：{reason}",
        "pair.reopened": "重新核对名单上的一行与本人，原因：{reason}",
        "duplicate.decided": "核对了登记册里可能重复的两条记录：{verdict}",
        "duplicate.undone": "撤销了登记册里两条记录的核对结论，原因：{reason}",
    }
)
name_values("kind", {"register.duplicates": Message("查找登记册里的重复")})
name_values("verdict", {state.value: state.label for state in PairState})
