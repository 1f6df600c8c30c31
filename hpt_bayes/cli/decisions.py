"""Commands about what to do: decide."""

from __future__ import annotations

import click

from hpt_bayes.cli.answers import draw_options
from hpt_bayes.cli.shared import emit, network_of, progress, shared_options


@click.command()
@click.argument("case")
@click.option(
    "--utility",
    "utilities",
    metavar="NAME=VALUE",
    multiple=True,
    help="Use this utility instead of the model's, 0 to 1; may be given several times.",
)
@click.option("--all", "everything", is_flag=True, help="List every action and every threshold.")
@draw_options(1000)
@shared_options
def decide(
    case: str, utilities: tuple[str, ...], everything: bool, draws: int, model_path: str | None, as_json: bool
) -> None:
    """What to do for CASE now.

    With what is missing before it, and what would change the choice.

    Utilities are named as in management.yaml: untreated.gland.met, harm.neck.reoperative, loss.missed_fhh,
    relief.focused_exploration.found, share.met.

    \b
    Examples:
      hpt-bayes decide fhh-trap
      hpt-bayes decide persistent-after-failed-exploration --interval
      hpt-bayes decide my-patient.yaml --utility harm.neck.reoperative=0.03 --json
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.deciding.utility import read_utilities

    asked = read_case(case, network_of(model_path))
    with progress("Drawing the numbers", draws) as advance:
        result = asked.decide(read_utilities(utilities), draws=draws, advance=advance)
    emit(as_json, result.to_dict, lambda: result.blocks(everything=everything))
