"""The `yice` command: finds its commands by file (see `yice.config.commands`) and says errors as sentences."""

from __future__ import annotations

import difflib
import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer._click import exceptions as usage
from typer.core import TyperGroup

from yice.config import commands
from yice.config.usage import sentence, translate_help
from yice.terms.errors import AwayError, Problem, Problems
from yice.terms.messages import Message, catalogue, listed, use_translator

PROBLEM, INTERNAL, INTERRUPTED = 2, 70, 130
NO_DATABASE = ("OperationalError", "InterfaceError", "DatabaseError")


class _Commands(TyperGroup):
    """Commands by file name, imported when first asked for: a fast start, and no shared list to edit."""

    def list_commands(self, ctx: Any) -> list[str]:
        files = {module.name for module in pkgutil.iter_modules(commands.__path__)}
        named = {name for name, module in commands.MODULES.items() if module in files}
        return sorted(named | {file.replace("_", "-") for file in files - set(commands.MODULES.values())})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in (names := self.list_commands(ctx)):
            near = difflib.get_close_matches(cmd_name, names, 1)
            raise Problem(
                "no-such-command",
                Message("没有命令 {name}。", name=cmd_name),
                fix=Message("是否想用 {near}？", near=near[0])
                if near
                else Message("可用的命令：{names}。", names=listed(names)),
            )
        file = commands.MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        module = importlib.import_module(f"{commands.__name__}.{file}")
        if hasattr(module, "app"):
            command = typer.main.get_command(module.app)
        else:
            top = typer.Typer(add_completion=False, rich_markup_mode=None)
            top.callback()(lambda: None)  # keeps it a group even with a single command
            module.register(top)
            command = typer.main.get_group(top).commands.get(cmd_name)  # type: ignore[assignment]
        if command is not None:
            command.name = cmd_name
            command.help = command.help or (module.__doc__ or "").strip().splitlines()[0]
        return command


translate_help()
app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def yice() -> None:
    """Yice 一策"""


def settle_environment() -> None:
    """`NAME=` in a file of settings means that nothing is said: it leaves the environment, for this process and those
    it starts, and so does space around a value."""
    for name in [name for name in os.environ if name.startswith("YICE_")]:
        if value := os.environ.pop(name).strip():
            os.environ[name] = value


def settle_language(arguments: Sequence[str]) -> list[str]:
    """Take `--lang` out of the arguments and set the language: it, else YICE_LANG, else LANG, else Chinese."""
    rest: list[str] = []
    wanted = os.environ.get("YICE_LANG") or os.environ.get("LANG", "")
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--lang":
            wanted = next(waiting, "")
        elif argument.startswith("--lang="):
            wanted = argument.partition("=")[2]
        else:
            rest.append(argument)
    use_translator(catalogue("en" if wanted.lower().startswith("en") else "zh-hans"))
    return rest


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 done and found something wrong, 2 a problem told as a sentence."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """`main` without the exit, for tests."""
    settle_environment()
    rest = settle_language(arguments)
    try:
        result = typer.main.get_command(app).main(args=rest, prog_name="yice", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except (Problem, Problems) as error:
        _say(error)
        return PROBLEM
    except AwayError:
        _say(
            Message("现在够不着存放文件的地方（YICE_FILES），什么也没有做。请稍后再试，或运行 yice doctor。")
        )
        return PROBLEM
    except usage.NoArgsIsHelpError as error:
        _say(error.format_message())
        return PROBLEM
    except usage.UsageError as error:
        _say(sentence(error))
        return PROBLEM
    except (typer.Abort, KeyboardInterrupt):
        _say(Message("已中断。"))
        return INTERRUPTED
    except typer.Exit as error:
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # the last door: a sentence, and the trace only for who asks for it
        if os.environ.get("YICE_DEBUG"):
            traceback.print_exc()
        kind = type(error).__name__
        if type(error).__module__ == "django.db.utils" and kind in NO_DATABASE:
            _say(Message("数据库连不上、打不开，或已损坏。请运行 yice doctor，它会说是哪一样。"))
            return PROBLEM
        _say(Message("程序内部出错（{kind}）。设 YICE_DEBUG=1 再运行可看到详情，请连同详情报告。", kind=kind))
        return INTERNAL


def _say(what: object) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
