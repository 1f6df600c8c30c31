"""The root of the command line: refusals as one line, the options every command takes, printing, progress."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import click

from hpt_bayes.errors import HptBayesError

if TYPE_CHECKING:
    from hpt_bayes.display.rows import Rows
    from hpt_bayes.network.network import Network

EXIT_BAD_INPUT = 2


class Commands(click.Group):
    """Commands in the order a newcomer needs them, and every refusal as one line with exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            click.echo(ctx.get_help())
            ctx.exit()
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            refuse(ctx, _usage(error))
        except OSError as error:
            _unwritten(ctx, error)

    def invoke(self, ctx: click.Context) -> Any:
        atexit.register(gc.freeze)  # what is left when the process ends is not worth looking through for garbage
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed by the caller: nobody reads what is printed
                setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")  # an old code page shows `?` for a bar
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that went away is met here, not when the interpreter ends
            return result
        except HptBayesError as error:
            refuse(ctx, str(error))
        except click.UsageError as error:
            refuse(ctx, _usage(error))
        except OSError as error:
            _unwritten(ctx, error)


def _unwritten(ctx: click.Context, error: OSError) -> NoReturn:
    """A reader that went away is no fault; anything else that could not be read or written is one line."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        refuse(ctx, f"cannot read or write {error.filename or 'the answer'} ({error.strerror or error})")
    ctx.exit(0)


def refuse(ctx: click.Context, message: str) -> NoReturn:
    """One line on stderr, exit status 2."""
    click.echo(f"error: {' '.join(message.split())}", err=True)
    ctx.exit(EXIT_BAD_INPUT)


def _usage(error: click.UsageError) -> str:
    where = f"; see {error.ctx.command_path} --help" if error.ctx is not None else ""
    return error.format_message().rstrip(".") + where


model_option = click.option(
    "--model",
    "model_path",
    metavar="PATH",
    envvar="HPT_BAYES_MODEL",
    help="Model folder to use instead of the packaged one (also HPT_BAYES_MODEL).",
)


def shared_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--model` and `--json`, which every command that prints takes."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, unrounded, instead of tables.")
    return model_option(as_json(command))


def emit(as_json: bool, data: Callable[[], object], blocks: Callable[[], Sequence[Rows]]) -> None:
    """Print a result as JSON or as tables; only the one that is wanted is computed."""
    if as_json:
        click.echo(json.dumps(data(), indent=2, allow_nan=False, ensure_ascii=False))
    else:
        from hpt_bayes.display.terminal import show

        show(blocks())


def network_of(model_path: str | None) -> Network:
    """The packaged network, or the one at a path."""
    from hpt_bayes.network.load import load_network

    return load_network(model_path)


@contextmanager
def working(text: str) -> Iterator[None]:
    """A sign of life on the terminal while something of unknown length is done."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(text):
            yield
    else:
        yield


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on the terminal that goes away when done; seen only when the work takes more than a second."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=True) as bar:
        task, begun = bar.add_task(text, total=total), monotonic()

        def advance(done: int) -> None:
            if bar.disable and console.is_terminal and monotonic() - begun > 1:
                bar.disable = False
                bar.start()
            bar.update(task, advance=done)

        yield advance
