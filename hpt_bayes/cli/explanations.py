"""Commands that question an answer: what-if, explain, conflict."""

from __future__ import annotations

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options


@click.command(name="what-if")
@click.argument("case")
@click.argument("changes", nargs=-1, required=True, metavar="CHANGE...")
@shared_options
def what_if(case: str, changes: tuple[str, ...], model_path: str | None, as_json: bool) -> None:
    """What would change in CASE if findings were others. CHANGE is finding=reading; `finding=` takes it back.

    \b
    Examples:
      hpt-bayes what-if persistent-all-negative ct_4d=focus@left_inferior
      hpt-bayes what-if my-patient.yaml "pth=95 pg/mL upper 65" ct_4d= setting=recurrent
    """
    from hpt_bayes.case import read_case

    result = read_case(case, network_of(model_path)).what_if(*changes)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@click.argument("diagnosis", required=False)
@click.option("--against", metavar="DIAGNOSIS", help="Weigh against this diagnosis instead of everything else.")
@click.option("--sources", is_flag=True, help="Add what the answer rests on and where its doubt comes from (slower).")
@shared_options
def explain(
    case: str, diagnosis: str | None, against: str | None, sources: bool, model_path: str | None, as_json: bool
) -> None:
    """Why a diagnosis of CASE is believed.

    The leading one, or DIAGNOSIS. Weights are in decibans.

    \b
    Examples:
      hpt-bayes explain fhh-trap
      hpt-bayes explain fhh-trap fhh --against orthotopic_adenoma --sources
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.progress import STEPS

    asked = read_case(case, network_of(model_path))
    with progress("Weighing the findings", STEPS * (1 + sources)) as advance:
        result = asked.explain(diagnosis, against, sources=sources, advance=advance)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@shared_options
def conflict(case: str, model_path: str | None, as_json: bool) -> None:
    """Which findings of CASE disagree.

    And what could explain it.

    \b
    Examples:
      hpt-bayes conflict fhh-trap
      hpt-bayes conflict my-patient.yaml --json
    """
    from hpt_bayes.case import read_case

    result = read_case(case, network_of(model_path)).conflict()
    emit(as_json, result.to_dict, result.blocks)
