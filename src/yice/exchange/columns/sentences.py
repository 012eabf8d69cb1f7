"""What is said of a row that is refused or odd. Never the value itself: it may name somebody."""

from __future__ import annotations

from yice.terms.errors import Problem
from yice.terms.messages import Message

ID_MISSING = Problem(
    "id-missing",
    Message("没有身份证号，也没有残疾人证号。"),
    fix=Message("请补上其中一个。"),
    field="id_number",
)
ID_BAD_CHECK = Problem(
    "id-check-digit",
    Message("身份证号通不过校验。"),
    why=Message("最后一位与前 17 位对不上，多半有一位抄错。"),
    fix=Message("请对照证件逐位核对。"),
    field="id_number",
)
ID_BAD_DATE = Problem(
    "id-birth-date",
    Message("身份证号第 7 到 14 位不是一个真实的出生日期。"),
    why=Message("没有这一天，或在今天之后。"),
    fix=Message("请对照证件逐位核对。"),
    field="id_number",
)
ID_BAD_AREA = Problem(
    "id-area",
    Message("身份证号开头两位不是任何省份的代码。"),
    fix=Message("请对照证件逐位核对。"),
    field="id_number",
)
ID_DAMAGED = Problem(
    "id-damaged-by-spreadsheet",
    Message("身份证号被表格软件改成了数字，后三位已经丢失。"),
    why=Message("Excel 只保留 15 位有效数字，会变成 1.10105E+17 的样子，改回文本也找不回来。"),
    fix=Message("请从原系统重新导出，先把这一列设为“文本”格式。"),
    field="id_number",
)
ID_TEST = Problem(
    "id-test-range",
    Message("身份证号属于演示数据专用号段，不会是真人。"),
    fix=Message("请确认没有把演示数据混进名单。"),
    field="id_number",
)
ID_OTHER = Problem(
    "id-shape",
    Message("身份证号不是 18 位（或旧的 15 位）。"),
    why=Message("可能少了或多了一位，或填的是护照、出生证等其他证件。"),
    fix=Message("请对照证件核对；没有身份证号的，请补残疾人证号。"),
    field="id_number",
)
ID_FROM_15 = Problem(
    "id-from-15",
    Message("15 位旧身份证号，已补成 18 位。"),
    fix=Message("请在下次更新时换成 18 位号码。"),
    field="id_number",
)
ID_FROM_CERTIFICATE = Problem(
    "id-from-certificate",
    Message("身份证号通不过校验，改用了残疾人证号里的 18 位。"),
    fix=Message("请核对并改正身份证号。"),
    field="id_number",
)
CERTIFICATE_BAD_ID = Problem(
    "certificate-id",
    Message("残疾人证号的前 18 位通不过校验，也与身份证号不同，没有使用这个证号。"),
    fix=Message("请对照证件核对。"),
    field="certificate_number",
)
CERTIFICATE_OTHER_ID = Problem(
    "certificate-other-id",
    Message("残疾人证号的前 18 位与身份证号不同，两个号码各自都成立。"),
    why=Message("不能确定这一行说的是谁。"),
    fix=Message("请以全国残疾人人口基础数据库为准，改正其中一个。"),
    field="certificate_number",
)
CERTIFICATE_SHAPE = Problem(
    "certificate-shape",
    Message("残疾人证号的格式不对，没有使用。"),
    why=Message("应为 20 位：18 位身份证号、1 位类别（1–7）、1 位等级（1–4），补办的后面加 B1、B2……"),
    fix=Message("请对照证件核对号码。"),
    field="certificate_number",
)
CATEGORY_DIFFERS = Problem(
    "certificate-other-category",
    Message("残疾人证号里的类别与残疾类别栏不同，按“不清楚”处理。"),
    why=Message("类别或等级变更后会换发新号。"),
    fix=Message("请以全国残疾人人口基础数据库为准核对。"),
    field="category",
)
GRADE_DIFFERS = Problem(
    "certificate-other-grade",
    Message("残疾人证号里的等级与残疾等级栏不同，按“不清楚”处理。"),
    why=Message("类别或等级变更后会换发新号。"),
    fix=Message("请以全国残疾人人口基础数据库为准核对。"),
    field="grade",
)
BIRTH_DIFFERS = Problem(
    "birth-differs",
    Message("出生日期与身份证号里的不同，用了身份证号里的。"),
    fix=Message("请核对并改正。"),
    field="birth_date",
)
BEFORE_BIRTH = Problem(
    "before-birth",
    Message("日期在出生之前。"),
    why=Message("身份证号里的出生日期比它晚，两个里有一个是错的。"),
    fix=Message("请对照证件核对。"),
)
SEX_DIFFERS = Problem(
    "sex-differs",
    Message("性别与身份证号里的不同，用了身份证号里的。"),
    fix=Message("请核对并改正。"),
    field="sex",
)
NAME_MISSING = Problem("name-missing", Message("没有姓名。"), fix=Message("请补上姓名。"), field="name")
AREA_OUTSIDE = Problem(
    "area-outside",
    Message("户籍地不在本县（市、区）。"),
    why=Message("补贴由户籍地办理，别处的人不在本次范围内。"),
    fix=Message("请核对区划代码；确实不是本地户籍的，请转给户籍地。"),
    field="hukou",
)
AREA_UNKNOWN = Problem(
    "area-name-unknown",
    Message("没有找到这个村（社区）或乡镇（街道）。"),
    fix=Message("请核对名称，或填写区划代码。"),
    field="hukou",
)
AMOUNT_MISSING = Problem(
    "amount-missing",
    Message("没有金额。"),
    fix=Message("请补上本次发放的金额；没有发的请删去这一行。"),
    field="amount_fen",
)
SAME_ROW = Problem(
    "row-twice",
    Message("同一个人出现了不止一次，内容也相同，只留第一次。"),
    fix=Message("请删去多余的行。"),
)
SAME_PERSON = Problem(
    "person-twice",
    Message("同一个身份证号出现了不止一次，内容不同，只留一行，等级或类别不同的按“不清楚”处理。"),
    fix=Message("请只保留当前有效的那一本证。"),
)
SUPERSEDED = Problem(
    "certificate-superseded",
    Message("同一个人另有一行有效的残疾人证，这一行没有使用。"),
    why=Message("这一本已注销、冻结或过期，或发证更早。"),
    fix=Message("不必处理；如果这一本才有效，请核对证件状态。"),
)
PAID_TWICE = Problem(
    "paid-twice",
    Message("同一个人同一个月正常发放了不止一次。"),
    fix=Message("请核对是否重复发放，或其中一笔是补发。"),
    field="amount_fen",
)


def certificates_among_ids(count: int, heading: str) -> Problem:
    return Problem(
        "certificates-among-ids",
        Message(
            "“{heading}”栏有 {count} 行填的是 20 位残疾人证号，已取其中的身份证号。",
            heading=heading,
            count=count,
        ),
    )


def ids_among_certificates(count: int, heading: str) -> Problem:
    return Problem(
        "ids-among-certificates",
        Message("“{heading}”栏有 {count} 行填的是身份证号，不是残疾人证号。", heading=heading, count=count),
    )


def word_unknown(field: str, words: list[str], label: str) -> Problem:
    return Problem(
        "value-unknown",
        Message("看不懂“{label}”里的写法，按“不清楚”处理。", label=label),
        fix=Message("可以写：{words}。", words="、".join(words)),
        field=field,
    )
