"""Commands that answer about one case: demo, posterior, next."""

from __future__ import annotations

import click

from hpt_bayes.cli.shared import emit, network_of, shared_options

_DEMO = "persistent-after-failed-exploration"


@click.command()
@shared_options
def demo(model_path: str | None, as_json: bool) -> None:
    """Work up a patient with persistent disease: stop lines, causes, place, next study."""
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.worked_up import worked_up

    case = read_case(_DEMO, network_of(model_path))
    result = worked_up(case.facts.notes, case.evidence, case.posterior(), case.next_studies())
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@click.option("--sites", is_flag=True, help="List every place instead of the surgical approach.")
@shared_options
def posterior(case: str, sites: bool, model_path: str | None, as_json: bool) -> None:
    """What is believed after the findings of CASE.

    \b
    Examples:
      hpt-bayes posterior fhh-trap
      hpt-bayes posterior my-patient.yaml --sites
    """
    from hpt_bayes.case import read_case

    result = read_case(case, network_of(model_path)).posterior()
    emit(as_json, result.to_dict, lambda: result.blocks(exact_sites=sites))


@click.command()
@click.argument("case")
@click.option("--target", metavar="VARIABLE", help="Learn about this variable instead of cause and place.")
@click.option("--all", "everything", is_flag=True, help="List every study, the excluded ones with their reason.")
@shared_options
def next(case: str, target: str | None, everything: bool, model_path: str | None, as_json: bool) -> None:
    """Which study to do next for CASE, and what each result would change.

    \b
    Examples:
      hpt-bayes next persistent-after-failed-exploration
      hpt-bayes next my-patient.yaml --all
    """
    from hpt_bayes.case import read_case

    result = read_case(case, network_of(model_path)).next_studies(target)
    emit(as_json, result.to_dict, lambda: result.blocks(everything=everything))
