"""Commands that answer about one case: demo, posterior, next."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options

_DEMO = "persistent-after-failed-exploration"


def draw_options(usual: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--interval` and `--draws N`, as the number of draws: 0 without either."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(interval: bool, draws: int, **options: object) -> None:
            command(draws=draws or (usual if interval else 0), **options)

        count = click.option(
            "--draws",
            type=click.IntRange(min=0),
            default=0,
            metavar="N",
            help=f"How many; implies --interval. [{usual}]",
        )
        flag = click.option(
            "--interval", is_flag=True, help="How sure the answer is, over draws of the model's numbers."
        )
        return flag(count(run))

    return decorate


@click.command()
@shared_options
def demo(model_path: str | None, as_json: bool) -> None:
    """Work up a patient with persistent disease.

    Stop lines, causes, place, next study, advice.
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.believing.worked_up import worked_up

    case = read_case(_DEMO, network_of(model_path))
    result = worked_up(case.facts.notes, case.evidence, case.posterior(), case.next_studies(), case.decide())
    emit(as_json, result.to_dict, result.blocks)


@click.command()
@click.argument("case")
@click.option("--sites", is_flag=True, help="List every place instead of the surgical approach.")
@draw_options(1000)
@shared_options
def posterior(case: str, sites: bool, draws: int, model_path: str | None, as_json: bool) -> None:
    """What is believed after the findings of CASE.

    \b
    Examples:
      hpt-bayes posterior fhh-trap
      hpt-bayes posterior my-patient.yaml --sites
    """
    from hpt_bayes.case import read_case

    asked = read_case(case, network_of(model_path))
    if draws:
        with progress("Drawing the numbers", draws) as advance:
            result = asked.posterior(draws=draws, advance=advance)
    else:
        result = asked.posterior()
    emit(as_json, result.to_dict, lambda: result.blocks(exact_sites=sites))


@click.command()
@click.argument("case")
@click.option("--target", metavar="VARIABLE", help="Learn about this variable instead of cause and place.")
@click.option("--all", "everything", is_flag=True, help="List every study, the excluded ones with their reason.")
@click.option(
    "--steps",
    type=click.IntRange(1, 2),
    help="1 values each study by itself, 2 with the best second one after each result; 2 unless --draws or --target.",
)
@draw_options(200)
@shared_options
def next(
    case: str,
    target: str | None,
    everything: bool,
    steps: int | None,
    draws: int,
    model_path: str | None,
    as_json: bool,
) -> None:
    """Which study to do next for CASE.

    With what each result would change, and what speaks against it.

    Studies worth their burden for the decision come first, by gain for burden; then those that tell most.

    \b
    Examples:
      hpt-bayes next persistent-after-failed-exploration
      hpt-bayes next my-patient.yaml --steps 1 --all
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.next_study.ranking_of_studies import usual_steps
    from hpt_bayes.reasoning.next_study.value import PHASES

    asked = read_case(case, network_of(model_path))
    ahead = usual_steps(asked.facts.network, target, draws) if steps is None else steps
    text = "Ranking on drawn numbers" if draws else "Looking two steps ahead"
    with progress(text, draws + PHASES * (ahead - 1)) as advance:
        result = asked.next_studies(target, steps=ahead, draws=draws, advance=advance)
    emit(as_json, result.to_dict, lambda: result.blocks(everything=everything))
