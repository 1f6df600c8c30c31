"""The command line; each command is one public function. Heavy imports wait until a command runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import click

from hpt_bayes import __version__
from hpt_bayes.errors import HptBayesError

if TYPE_CHECKING:
    from hpt_bayes.display.rows import Rows
    from hpt_bayes.network.network import Network

_EXIT_BAD_INPUT = 2


class _Commands(click.Group):
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
            _refuse(ctx, _usage(error))

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")  # an old code page shows `?` for a bar
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that went away is met here, not when the interpreter ends
            return result
        except HptBayesError as error:
            _refuse(ctx, str(error))
        except click.UsageError as error:
            _refuse(ctx, _usage(error))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _refuse(ctx: click.Context, message: str) -> NoReturn:
    """One line on stderr, exit status 2."""
    click.echo(f"error: {' '.join(message.split())}", err=True)
    ctx.exit(_EXIT_BAD_INPUT)


def _usage(error: click.UsageError) -> str:
    where = f"; see {error.ctx.command_path} --help" if error.ctx is not None else ""
    return error.format_message().rstrip(".") + where


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  hpt-bayes demo
  hpt-bayes posterior persistent-after-failed-exploration
  hpt-bayes next my-patient.yaml --json
  hpt-bayes findings ct_4d
""",
)
@click.version_option(__version__, prog_name="hpt-bayes")
def main() -> None:
    """Reason about hyperparathyroidism: causes, place of the gland, next study.

    CASE is a case file (YAML) or the name of an example case. A research and teaching tool, not a medical device.
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """`--model` and `--json`, which every command takes."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, unrounded, instead of tables.")
    model = click.option(
        "--model",
        "model_path",
        metavar="PATH",
        envvar="HPT_BAYES_MODEL",
        help="Model folder to use instead of the packaged one (also HPT_BAYES_MODEL).",
    )
    return model(as_json(command))


def _print(as_json: bool, data: Callable[[], object], blocks: Callable[[], Sequence[Rows]]) -> None:
    if as_json:
        click.echo(json.dumps(data(), indent=2, allow_nan=False, ensure_ascii=False))
    else:
        from hpt_bayes.display.terminal import show

        show(blocks())


def _network(model_path: str | None) -> Network:
    from hpt_bayes.network.load import load_network

    return load_network(model_path)


_DEMO = "persistent-after-failed-exploration"


@main.command()
@_options
def demo(model_path: str | None, as_json: bool) -> None:
    """Work up a patient with persistent disease: stop lines, causes, place, next study."""
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.worked_up import worked_up

    case = read_case(_DEMO, _network(model_path))
    result = worked_up(case.facts.notes, case.evidence, case.posterior(), case.next_studies())
    _print(as_json, result.to_dict, result.blocks)


@main.command()
@click.argument("case")
@click.option("--sites", is_flag=True, help="List every place instead of the surgical approach.")
@_options
def posterior(case: str, sites: bool, model_path: str | None, as_json: bool) -> None:
    """What is believed after the findings of CASE.

    \b
    Examples:
      hpt-bayes posterior fhh-trap
      hpt-bayes posterior my-patient.yaml --sites
    """
    from hpt_bayes.case import read_case

    result = read_case(case, _network(model_path)).posterior()
    _print(as_json, result.to_dict, lambda: result.blocks(exact_sites=sites))


@main.command()
@click.argument("case")
@click.option("--target", metavar="VARIABLE", help="Learn about this variable instead of cause and place.")
@click.option("--all", "everything", is_flag=True, help="List every study, the excluded ones with their reason.")
@_options
def next(case: str, target: str | None, everything: bool, model_path: str | None, as_json: bool) -> None:
    """Which study to do next for CASE, and what each result would change.

    \b
    Examples:
      hpt-bayes next persistent-after-failed-exploration
      hpt-bayes next my-patient.yaml --all
    """
    from hpt_bayes.case import read_case

    result = read_case(case, _network(model_path)).next_studies(target)
    _print(as_json, result.to_dict, lambda: result.blocks(everything=everything))


def _catalogue(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command that lists one kind of name, or describes one of them."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(name: str | None, model_path: str | None, as_json: bool) -> None:
            from hpt_bayes.reasoning.catalogue import catalogue

            listing = catalogue(_network(model_path), kind, name)
            _print(as_json, listing.to_dict, listing.blocks)

        return main.command(name=kind)(click.argument("name", required=False)(_options(run)))

    return decorate


@_catalogue("findings")
def findings() -> None:
    """What can be entered: names, states, units. With NAME, everything about one finding."""


@_catalogue("studies")
def studies() -> None:
    """The studies that can be ordered. With NAME, its burden, ratings and order text."""


@_catalogue("settings")
def settings() -> None:
    """The settings and their entry rules."""


@_catalogue("constraints")
def constraints() -> None:
    """The constraints a case can carry, and what they rule out."""


@main.command()
@_options
def check(model_path: str | None, as_json: bool) -> None:
    """Check the model files; one line for each fault, exit status 2 when there is one."""
    from hpt_bayes.network.check import check_report

    report = check_report(model_path)
    _print(as_json, report.to_dict, report.blocks)
    if report.faults:
        count = len(report.faults)
        _refuse(click.get_current_context(), f"the model has {count} fault{'s' if count > 1 else ''}")


@main.command()
@click.argument("variable", required=False)
@_options
def sources(variable: str | None, model_path: str | None, as_json: bool) -> None:
    """Where the numbers of VARIABLE come from: every row with basis, evidence, size and citation."""
    from hpt_bayes.reasoning.sources import sources_of

    result = sources_of(_network(model_path), variable)
    _print(as_json, result.to_dict, result.blocks)


@main.command()
@click.argument("format", type=click.Choice(["bif", "xmlbif", "net", "json"]))
@click.argument("path", type=click.Path(path_type=Path))
@_options
def export(format: str, path: Path, model_path: str | None, as_json: bool) -> None:
    """Write the network as plain tables to PATH, for another program.

    \b
    Example:
      hpt-bayes export bif hyperparathyroidism.bif
    """
    from hpt_bayes.reasoning.exported import export_network

    if sys.stderr.isatty():
        click.echo(f"Writing {path}; pgmpy takes up to half a minute for the larger formats.", err=True)
    result = export_network(_network(model_path), format, path)
    _print(as_json, result.to_dict, result.blocks)


@main.command()
@click.option("--write", "path", metavar="PATH", type=click.Path(path_type=Path), help="Write the report as Markdown.")
@_options
def validate(path: Path | None, model_path: str | None, as_json: bool) -> None:
    """Compare the model with published figures, cases and workflows; takes about a minute.

    \b
    Examples:
      hpt-bayes validate
      hpt-bayes validate --write models/hyperparathyroidism/VALIDATION.md
    """
    from hpt_bayes.validation.report import validate as validated
    from hpt_bayes.validation.report import write_report

    network = _network(model_path)
    report = validated(network, _progress) if sys.stderr.isatty() else validated(network)
    if path is not None:
        write_report(report, path)
    if path is None or as_json:
        _print(as_json, report.to_dict, report.blocks)


@contextmanager
def _progress(text: str, total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on the terminal that goes away when done; seen only when the work takes more than a second."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=True) as bar:
        task, begun = bar.add_task(text, total=total), monotonic()

        def advance(done: int) -> None:
            if bar.disable and monotonic() - begun > 1:
                bar.disable = False
                bar.start()
            bar.update(task, advance=done)

        yield advance
