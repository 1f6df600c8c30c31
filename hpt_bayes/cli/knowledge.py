"""Commands about the model itself: check, sources, export, validate."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hpt_bayes.cli.shared import emit, network_of, progress, refuse, shared_options


@click.command()
@shared_options
def check(model_path: str | None, as_json: bool) -> None:
    """Check the model files and the cases beside them.

    One line for each fault; exit status 2 when there is one.
    """
    from hpt_bayes.validation.folder_check import check_folder

    report = check_folder(model_path)
    emit(as_json, report.to_dict, report.blocks)
    if report.faults:
        count = len(report.faults)
        refuse(click.get_current_context(), f"the model has {count} fault{'s' if count > 1 else ''}")


@click.command()
@click.argument("variable", required=False)
@click.option("--unused", is_flag=True, help="List published numbers that nothing in the model cites.")
@shared_options
def sources(variable: str | None, unused: bool, model_path: str | None, as_json: bool) -> None:
    """Where the numbers of VARIABLE come from.

    Every row with basis, evidence, size and citation; without VARIABLE, the counts.

    \b
    Examples:
      hpt-bayes sources
      hpt-bayes sources ct_4d
      hpt-bayes sources --unused
    """
    from hpt_bayes.reasoning.knowledge.sources import sources_of
    from hpt_bayes.reasoning.knowledge.unused import unused_evidence

    if unused and variable is not None:
        raise click.UsageError(f"expected VARIABLE or --unused, found both ({variable})", click.get_current_context())
    if unused:
        idle = unused_evidence(network_of(model_path))
        emit(as_json, idle.to_dict, idle.blocks)
        return
    result = sources_of(network_of(model_path), variable)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("format", type=click.Choice(["bif", "xmlbif", "net", "json"]))
@click.argument("path", type=click.Path(path_type=Path))
@shared_options
def export(format: str, path: Path, model_path: str | None, as_json: bool) -> None:
    """Write the network to PATH for another program.

    \b
    Example:
      hpt-bayes export bif hyperparathyroidism.bif
    """
    from hpt_bayes.reasoning.knowledge.exported import export_network

    if sys.stderr.isatty():
        click.echo(f"Writing {path}; pgmpy takes up to half a minute for the larger formats.", err=True)
    result = export_network(network_of(model_path), format, path)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.option("--write", "path", metavar="PATH", type=click.Path(path_type=Path), help="Write the report as Markdown.")
@click.option("--card", "card", metavar="PATH", type=click.Path(path_type=Path), help="Write the model card.")
@shared_options
def validate(path: Path | None, card: Path | None, model_path: str | None, as_json: bool) -> None:
    """Compare the model with published figures and cases.

    Takes about a minute.

    \b
    Examples:
      hpt-bayes validate
      hpt-bayes validate --write models/hyperparathyroidism/VALIDATION.md --card models/hyperparathyroidism/card.md
    """
    from hpt_bayes.validation.card import write_card
    from hpt_bayes.validation.report import validate as validated
    from hpt_bayes.validation.report import write_report

    network = network_of(model_path)
    report = validated(network, progress) if sys.stderr.isatty() else validated(network)
    if path is not None:
        write_report(report, path)
    if card is not None:
        write_card(network, report.to_dict(), card)
    if (path is None and card is None) or as_json:
        emit(as_json, report.to_dict, report.blocks)
