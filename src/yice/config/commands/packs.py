"""策略包：检查、测试、新建、输出供编辑器用的模式"""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command()
def check() -> None:
    """x"""


@app.command()
def test() -> None:
    """x"""
