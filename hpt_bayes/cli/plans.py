"""Commands that look further ahead: plan, bundles, stopping."""

from __future__ import annotations

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options


@click.command()
@click.argument("case")
@click.option(
    "--steps", type=click.IntRange(2, 3), default=2, show_default=True, help="How many studies to look ahead."
)
@shared_options
def plan(case: str, steps: int, model_path: str | None, as_json: bool) -> None:
    """Which study first for CASE, and which after each result.

    And when to stop and act.

    Two steps are exact; three are searched in part, and the answer says what that may miss.

    \b
    Examples:
      hpt-bayes plan persistent-after-failed-exploration
      hpt-bayes plan my-patient.yaml --steps 3 --json
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.next_study.planning import UNITS

    asked = read_case(case, network_of(model_path))
    with progress(f"Looking {steps} steps ahead", UNITS[steps]) as advance:
        result = asked.plan(steps, advance=advance)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@shared_options
def bundles(case: str, model_path: str | None, as_json: bool) -> None:
    """What studies for CASE gain when done together.

    Up to three of the best at a time.

    \b
    Examples:
      hpt-bayes bundles persistent-after-failed-exploration
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.next_study.bundles import MOST

    asked = read_case(case, network_of(model_path))
    with progress("Valuing bundles", MOST) as advance:
        result = asked.bundles(advance=advance)
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@click.option("--study", "studies", metavar="STUDY", multiple=True, help="Ask about this study; may be repeated.")
@shared_options
def stopping(case: str, studies: tuple[str, ...], model_path: str | None, as_json: bool) -> None:
    """Whether a further study of CASE would change what to do.

    Are we done? With what stopping now costs.

    \b
    Examples:
      hpt-bayes stopping persistent-after-failed-exploration
      hpt-bayes stopping my-patient.yaml --study ct_4d --study choline_pet
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.next_study.stopping import MOST_TOLD

    asked = read_case(case, network_of(model_path))
    with progress("Looking two steps ahead", MOST_TOLD) as advance:
        result = asked.stopping(studies or None, advance=advance)
    emit(as_json, result.to_dict, result.blocks)
