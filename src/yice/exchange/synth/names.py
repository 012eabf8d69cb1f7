"""Names put together from common characters; nobody was asked for one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yice.exchange.synth.draw import Bools, Ints, choose, join, label, where

# Common surnames, the commonest first, and how common: one part Zipf, as in life.
SURNAMES = (
    "李王张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "司马", "皇甫", "尉迟", "令狐", "慕容", "东方")
MALE = "伟强军明勇杰涛斌波辉刚健平华文林国建志海云龙德成永福贵生荣祥安民庆春东兴宝昌光富良才旺根树松金水清"
FEMALE = "芳娟敏静丽艳秀英红梅霞玲燕萍兰凤云珍桂香莲琴月花春美慧娣群彩琼淑洁雪婷菊惠爱巧妹娥银素贞玉翠莉丹"
# Characters that break old programs: rare ones, and two outside the basic plane.
RARE = ("喆", "堃", "赟", "淼", "犇", "翀", "祎", "䶮", "𬀩", "𬭎")
MONGOLIAN_FIRST = (
    "乌云",
    "其其格",
    "巴特尔",
    "苏日娜",
    "格日勒",
    "阿拉坦",
    "娜仁",
    "斯琴",
    "哈斯",
    "敖登",
    "宝音",
    "青格勒",
)
MONGOLIAN_LAST = (
    "其木格",
    "图雅",
    "巴雅尔",
    "高娃",
    "花",
    "德力根",
    "础鲁",
    "毕力格",
    "呼",
    "托娅",
    "朝鲁",
    "满都拉",
)

LINES = len(SURNAMES) + len(COMPOUND)


def surname_lines(rng: np.random.Generator, count: int) -> Ints:
    """A family name each, as a position: common ones often, a compound one in eighty."""
    weights = 1 / (np.arange(len(SURNAMES)) + 4)
    single = choose(rng, weights, count)
    compound = len(SURNAMES) + rng.integers(0, len(COMPOUND), count)
    return np.where(rng.random(count) < 0.0125, compound, single).astype(np.int32)


def village_lines(rng: np.random.Generator, village: Ints, villages: int, rural: Bools) -> Ints:
    """Family names by household: half of a rural village bears one of its three."""
    clans = surname_lines(rng, villages * 3).reshape(villages, 3)
    own = surname_lines(rng, len(village))
    clan = clans[village, choose(rng, [5, 3, 2], len(village))]
    return np.where(rng.random(len(village)) < np.where(rural[village], 0.5, 0.12), clan, own)


def full_names(rng: np.random.Generator, line: Ints, male: Bools, mongolian_share: float) -> pa.StringArray:
    """A name for each: family name and one or two characters; some Mongolian-like ones with a dot."""
    count = len(line)
    given = _given(rng, male, count)
    second = where(rng.random(count) < 0.72, _given(rng, male, count), "")
    rare = rng.random(count) < 0.008
    second = where(rare, label(RARE, rng.integers(0, len(RARE), count)), second)
    chinese = join(label((*SURNAMES, *COMPOUND), line), given, second)
    dotted = join(
        label(MONGOLIAN_FIRST, rng.integers(0, len(MONGOLIAN_FIRST), count)),
        "·",
        label(MONGOLIAN_LAST, rng.integers(0, len(MONGOLIAN_LAST), count)),
    )
    return where(rng.random(count) < mongolian_share, dotted, chinese)


def _given(rng: np.random.Generator, male: Bools, count: int) -> pa.StringArray:
    men = label(MALE, choose(rng, _common(MALE), count))
    return where(male, men, label(FEMALE, choose(rng, _common(FEMALE), count)))


def _common(characters: str) -> Ints:
    return 1 / (np.arange(len(characters)) + 12)
