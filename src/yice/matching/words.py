"""What the comparisons and their levels are called, for people. `model.json` carries the Chinese for other readers."""

from __future__ import annotations

from collections.abc import Mapping

from yice.terms.messages import Message

COMPARED: Mapping[str, Message] = {
    "name": Message("姓名"),
    "birth": Message("出生日期"),
    "sex": Message("性别"),
    "village": Message("村（社区）"),
    "address": Message("住址"),
    "phone": Message("电话"),
    "id": Message("身份证号"),
}
LEVEL: Mapping[tuple[str, str], Message] = {
    ("name", "exact"): Message("姓名一致"),
    ("name", "pinyin"): Message("同音不同字"),
    ("name", "slip"): Message("差一个字"),
    ("name", "part"): Message("只写了一部分"),
    ("name", "surname"): Message("只有姓相同"),
    ("name", "other"): Message("姓名不同"),
    ("birth", "exact"): Message("出生日期一致"),
    ("birth", "slip"): Message("错一位或日月颠倒"),
    ("birth", "near"): Message("相差不到两个月（农历、公历）或同月日差一两年"),
    ("birth", "year"): Message("只有年份相同"),
    ("birth", "other"): Message("出生日期不同"),
    ("sex", "same"): Message("性别相同"),
    ("sex", "other"): Message("性别不同"),
    ("village", "same"): Message("同一个村（社区）"),
    ("village", "township"): Message("同一个乡镇（街道）"),
    ("village", "county"): Message("同一个县"),
    ("village", "other"): Message("不在同一个县"),
    ("address", "exact"): Message("住址一致"),
    ("address", "close"): Message("住址相近，门牌相同"),
    ("address", "part"): Message("住址部分相同"),
    ("address", "other"): Message("住址不同"),
    ("phone", "same"): Message("电话相同"),
    ("phone", "other"): Message("电话不同"),
    ("id", "same"): Message("号码相同"),
    ("id", "slip"): Message("号码错一位或邻位颠倒"),
    ("id", "kept"): Message("号码被截断，保留的数字相同"),
    ("id", "near"): Message("号码差两三位"),
    ("id", "other"): Message("号码不同"),
}
MISSING = Message("有一方没有填写，不加不减")
BESIDE = Message("号码相同，号码里的出生日期和性别不再计一次")
# Why two rows were compared at all, by what they share.
BECAUSE: Mapping[str, Message] = {
    "id": Message("身份证号相同"),
    "slip": Message("身份证号只错一位、邻位颠倒，或被截断"),
    "wrong": Message("双方写了同一个通不过校验的号码或其他证件号码"),
    "sound birth": Message("姓名相同或同音，出生日期相同"),
    "sound place": Message("姓名相同或同音，在同一个村（社区）"),
    "sound phone": Message("姓名相同或同音，电话相同"),
    "birth place": Message("出生日期相同，在同一个村（社区）"),
    "birth phone": Message("出生日期和电话相同"),
    "person": Message("与登记册里同一个人的另一行对上"),
}
