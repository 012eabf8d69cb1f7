"""A new pack to write on: one benefit from a clause to a passing case, with every file explained."""

from __future__ import annotations

from pathlib import Path

from yice.rules.pack.folder import PACK_ID
from yice.terms.errors import Problem
from yice.terms.messages import Message

_FILES = {
    "pack.yaml": """\
id: {id}
version: "1"
title:
  zh: 新方案（请改名）
  en: A new plan (rename me)
authority: 发文机关
extends: [{extends}]
period:
  since: 2020-01-01
areas: ["{area}"]
applies:
  in_area:
    when: in_area(hukou, "{area}")
    says: {{zh: 户籍在本地, en: is registered here}}
    clause: DOC 适用范围
changelog:
  - {{version: "1", text: 第一版。}}
""",
    "sources.yaml": """\
DOC:
  title: 文件的完整标题
  number: 文号
  authority: 发文机关
  date_note: 日期未核对
""",
    "groups/example.yaml": """\
# Who: each condition has a name, an expression, words for people and the clause it carries out.
DOC-1:
  title: {{zh: 重度残疾的学龄前儿童, en: severely disabled child below school age}}
  clause: DOC 第一条
  when:
    age:
      when: age_on(as_of) < 7
      says: {{zh: 不满7周岁, en: younger than 7}}
      clause: DOC 第一条
    severe:
      when: severe
      says: {{zh: 重度残疾, en: is severely disabled}}
      clause: DOC 第一条
""",
    "benefits/example.yaml": """\
# What is due. `sample: true` because the amount in the table has no source yet.
example_grant:
  title: {{zh: 示例补助, en: example grant}}
  group: DOC-1
  clause: DOC 第二条
  amount: table("example_grant", grade)
  sample: true
""",
    "tables/example_grant.csv": """\
grade,since,yuan,source
1,2020-01-01,200,
2,2020-01-01,150,
""",
    "cases/example.yaml": """\
# Given this of a person, on this day, that must follow, because.
on: 2020-06-30
given:
  certified: true
  certificate_status: valid
  hukou: "{area}"
  grade: 1

cases:
  - name: 差一天满7周岁
    given: {{birth_date: 2013-07-01}}
    expect: {{DOC-1: {{status: eligible, amount: 200}}}}
    because: 还是6周岁。
  - name: 当天满7周岁
    given: {{birth_date: 2013-06-30}}
    expect: {{DOC-1: {{status: ineligible, failed: [age]}}}}
    because: 已满7周岁。
  - name: 等级未知
    given: {{birth_date: 2015-06-30, grade: null}}
    expect: {{DOC-1: {{status: unknown, missing: [grade]}}}}
    because: 不知道等级就不能判断。
""",
}


def create(path: Path, *, extends: str, area: str) -> list[Path]:
    """Write the files of a new pack into a new folder; its name is the pack's id."""
    if not PACK_ID.fullmatch(path.name):
        what = Message("文件夹名 {name} 不能作策略包编号。", name=path.name[:60])
        raise Problem("pack-id", what, fix=Message("请用小写字母、数字和连字符，例如 cn-440704-2026。"))
    if not PACK_ID.fullmatch(extends) or not (area.isdigit() and len(area) == 12):
        raise Problem("pack-new", Message("要继承的包应是编号，地区应是 12 位数字。"))
    if path.exists() and any(path.iterdir()):
        raise Problem(
            "pack-exists",
            Message("文件夹 {path} 里已有东西。", path=str(path)),
            fix=Message("请换一个新文件夹。"),
        )
    made = []
    for name, body in _FILES.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body.format(id=path.name, extends=extends, area=area), "utf-8")
        made.append(target)
    return made
