"""What the audit says of pairs of a list's row and a person."""

from yice.audit.sentences import name_values, register
from yice.loop.identify.enums import PairState

register(
    {
        "pair.decided": "核对了名单上的一行与本人：{verdict}",
        "pair.undone": "撤销了名单上的一行与本人的对应，原因：{reason}",
        "pair.reopened": "重新核对名单上的一行与本人，原因：{reason}",
    }
)
name_values("verdict", {state.value: state.label for state in PairState})
