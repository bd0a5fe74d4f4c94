"""A parser whose wrong usage is a sentence, and how a command is added to it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from rnnviz.contracts.errors import UserError


class Parser(argparse.ArgumentParser):
    """Wrong usage is a `UserError`; `appendix` is asked for its text only when help is shown."""

    appendix: Callable[[], str] | None = None

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help.")

    def format_help(self) -> str:
        more = self.appendix() if self.appendix is not None else ""
        return super().format_help() + more


Add = Callable[[str, str], Parser]
"""Adds a command: what it does and an example."""


def adder(commands: Any, name: str) -> Add:
    """What adds the command `name` to those there are."""

    def add(help: str, example: str) -> Parser:
        command: Parser = commands.add_parser(
            name,
            help=help,
            description=help,
            epilog=f"example:\n  {example}\n",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(module=name)
        return command

    return add
