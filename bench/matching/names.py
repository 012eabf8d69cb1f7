"""Names as their parts, so that kin share them as kin do: a family name, one or two characters, or a Mongolian name.

The characters are those of `yice.exchange.synth`, few and common: namesakes are met more often than in life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yice.exchange.synth.draw import Bools, Ints, choose, join, label, where
from yice.exchange.synth.names import COMPOUND, FEMALE, MALE, MONGOLIAN_FIRST, MONGOLIAN_LAST, RARE, SURNAMES

FAMILIES = (*SURNAMES, *COMPOUND)
GIVEN = (*MALE, *FEMALE, *RARE, "")
NONE = len(GIVEN) - 1
_RARE = len(MALE) + len(FEMALE)
FIRST = (*MONGOLIAN_FIRST, "呼和", "额尔敦", "孟根", "那顺", "萨仁", "托娅", "牧仁", "达布希", "朝格", "特木尔", "查干", "白音",
         "布仁", "恩和", "金花", "莫日根", "赛音", "套格套", "温都苏", "伊德尔")  # fmt: skip
LAST = (*MONGOLIAN_LAST, "白拉", "巴图", "仓", "达来", "额德尼", "格日乐", "吉日嘎拉", "玛", "尼玛", "苏荣", "陶高", "温都尔",
        "乌力吉", "夫", "扎布", "宝力格", "齐木格", "斯钦", "通拉嘎", "日娜")  # fmt: skip
MONGOLIAN = 10_000  # families from here on are the first parts of Mongolian names
# Other characters of the same sound, as a clerk who only heard the name writes them.
SOUNDS = dict(
    pair.split(":")
    for pair in [
        "伟:玮炜维",
        "强:蔷",
        "军:君均俊",
        "明:铭鸣名",
        "勇:永咏泳",
        "杰:洁捷",
        "涛:滔韬桃",
        "斌:彬宾滨",
        "波:博渤",
        "辉:晖惠慧",
        "刚:钢纲",
        "健:建剑",
        "平:萍苹",
        "华:桦",
        "文:雯",
        "林:琳霖",
        "国:果",
        "志:智治",
        "建:健剑",
        "云:芸",
        "龙:隆",
        "德:得",
        "成:诚程承",
        "永:勇咏",
        "福:富甫",
        "贵:桂",
        "生:声升",
        "荣:容蓉",
        "祥:翔详",
        "民:敏珉",
        "庆:清青卿",
        "春:椿",
        "东:冬栋",
        "兴:星杏",
        "宝:保葆",
        "昌:畅",
        "光:广",
        "富:福付",
        "良:梁亮",
        "才:彩采",
        "旺:望",
        "树:书淑",
        "松:嵩颂",
        "金:锦津晋",
        "清:青庆晴",
        "芳:方舫",
        "娟:涓",
        "敏:民珉",
        "静:靖婧晶",
        "丽:莉立",
        "艳:燕雁妍",
        "秀:绣",
        "英:瑛颖莹",
        "红:虹宏洪",
        "梅:玫媚",
        "霞:夏",
        "玲:铃灵岭",
        "燕:艳雁",
        "萍:平苹",
        "兰:岚澜",
        "凤:峰丰",
        "珍:贞真",
        "桂:贵",
        "香:湘祥",
        "莲:连廉",
        "琴:勤芹",
        "月:悦跃",
        "花:华",
        "美:镁",
        "慧:惠辉",
        "娣:弟迪",
        "群:裙",
        "彩:采才",
        "琼:穹",
        "淑:书树",
        "洁:杰捷",
        "雪:学",
        "婷:亭庭",
        "菊:鞠",
        "惠:慧辉",
        "爱:艾",
        "巧:俏",
        "妹:美",
        "银:吟",
        "素:苏",
        "贞:珍真",
        "玉:裕钰",
        "翠:萃",
        "莉:丽利",
        "丹:单",
        "喆:哲",
        "堃:坤",
        "张:章",
        "刘:柳",
        "陈:晨",
        "吴:武",
        "徐:许",
        "何:和",
        "郑:正",
        "余:于",
        "蒋:姜",
        "沈:审",
        "范:樊",
        "付:傅",
        "肖:萧",
        "严:颜",
        "江:姜",
        "程:成",
        "尹:引",
        "路:陆",
        "魏:卫",
        "夏:霞",
        "石:时",
    ]
)
_GIVEN_TABLE = {ord(one): others for one, others in SOUNDS.items()}


@dataclass(frozen=True)
class Names:
    """Positions: `family` in FAMILIES (or MONGOLIAN + one in FIRST), `first` and `second` in GIVEN (or LAST)."""

    family: Ints
    first: Ints
    second: Ints

    def take(self, at: Ints) -> Names:
        return Names(self.family[at], self.first[at], self.second[at])

    def texts(self) -> pa.StringArray:
        mongolian = self.family >= MONGOLIAN
        chinese = join(
            label(FAMILIES, np.where(mongolian, -1, self.family)),
            label(GIVEN, np.where(mongolian, -1, self.first)),
            label(GIVEN, np.where(mongolian, -1, self.second)),
        )
        if not mongolian.any():
            return chinese
        tail = np.where(mongolian & (self.first < len(LAST)), self.first, -1)
        dotted = join(
            label(FIRST, np.where(mongolian, self.family - MONGOLIAN, -1)),
            where(tail >= 0, "·", ""),
            label(LAST, tail),
        )
        return where(mongolian, dotted, chinese)


def given(rng: np.random.Generator, male: Bools) -> Ints:
    """A character of a given name each."""
    men = choose(rng, _common(MALE), len(male))
    return np.where(male, men, len(MALE) + choose(rng, _common(FEMALE), len(male))).astype(np.int32)


def second(rng: np.random.Generator, male: Bools) -> Ints:
    """The second character: seven in ten have one, one in a hundred a rare one."""
    count = len(male)
    drawn = np.where(rng.random(count) < 0.72, given(rng, male), NONE)
    rare = rng.random(count) < 0.008
    return np.where(rare, _RARE + rng.integers(0, len(RARE), count), drawn).astype(np.int32)


def make_mongolian(rng: np.random.Generator, names: Names, at: Ints) -> None:
    """Give the people at these positions Mongolian names: three in ten have a single part."""
    names.family[at] = MONGOLIAN + rng.integers(0, len(FIRST), len(at))
    single = rng.random(len(at)) < 0.3
    names.first[at] = np.where(single, len(LAST), rng.integers(0, len(LAST), len(at)))
    names.second[at] = NONE


def homophone(rng: np.random.Generator, name: str) -> str:
    """One character heard right and written wrong; the name itself where none of its characters has another."""
    places = [at for at, character in enumerate(name) if ord(character) in _GIVEN_TABLE]
    if not places:
        return name
    at = (
        places[int(rng.integers(len(places)))] if rng.random() < 0.2 else places[-1]
    )  # seldom the family name
    others = _GIVEN_TABLE[ord(name[at])]
    return name[:at] + others[int(rng.integers(len(others)))] + name[at + 1 :]


def _common(characters: str) -> Ints:
    return 1 / (np.arange(len(characters)) + 12)
