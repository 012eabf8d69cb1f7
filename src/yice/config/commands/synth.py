"""造一个并不存在的县：登记册、各部门名单和旁边的真相"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from yice.config.commands import text
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class FileFormat(StrEnum):
    xlsx = "xlsx"
    csv = "csv"
    parquet = "parquet"


@app.command(help=text("造一个并不存在的县：真实的村（社区），虚构的人，各部门的名单和旁边的真相"))
def synth(
    area: Annotated[str, typer.Option(help=text("区划代码，省、市、县或乡镇"))] = "440704",
    people: Annotated[int, typer.Option(help=text("登记的残疾人数"), min=1)] = 5000,
    seed: Annotated[int, typer.Option(help=text("同一个种子得到同样的文件"))] = 1,
    out: Annotated[Path, typer.Option(help=text("写到哪个文件夹"))] = Path("synth"),
    file_format: Annotated[FileFormat, typer.Option("--format", help=text("文件格式"))] = FileFormat.xlsx,
    as_of: Annotated[str, typer.Option(help=text("哪一天的情况"))] = "2020-06-30",
    months: Annotated[int, typer.Option(help=text("发放表含几个月"), min=1, max=24)] = 6,
    amounts: Annotated[Path | None, typer.Option(help=text("补贴标准的 YAML 文件（分）"))] = None,
) -> None:
    from yice.exchange.synth import Settings, make, write
    from yice.terms.periods import parse_date

    settings = Settings(
        area=area, people=people, seed=seed, as_of=parse_date(as_of), months=months, amounts=_amounts(amounts)
    )
    if settings.as_of < dt.date(2000, 1, 1):
        raise Problem("synth-too-early", Message("日期太早。"), fix=Message("请用 2000 年以后的日期。"))
    county = make(settings)
    typer.echo(
        Message(
            "{people} 名残疾人，{households} 户 {members} 人，{villages} 个村（社区）",
            people=people,
            households=len(county.members.size),
            members=county.people.members,
            villages=len(county.villages),
        )
    )
    write(
        county,
        out,
        file_format.value,
        lambda name, rows: typer.echo(Message("  {name}：{rows} 行", name=name, rows=rows)),
    )
    typer.echo(Message("写在 {out}，真相在其中的 truth 文件夹。人、号码和金额都是虚构的。", out=out))


def _amounts(path: Path | None) -> Any:
    from yice.exchange.synth import Amounts

    if path is None:
        return Amounts()
    import yaml

    try:
        return Amounts(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError, yaml.YAMLError):
        raise Problem(
            "synth-amounts",
            Message("读不了补贴标准文件。"),
            fix=Message(
                "请写成 living: 16500 这样的行，可用的名称：{names}。", names=listed(vars(Amounts()))
            ),
        ) from None
