"""The command that tries testing policies on simulated patients."""

from __future__ import annotations

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options


@click.command("compare-policies")
@click.option("--setting", default="persistent", show_default=True, metavar="NAME", help="Of the patients.")
@click.option("--patients", type=click.IntRange(min=1), default=1000, show_default=True, metavar="N", help="Of a kind.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the patients.")
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="Only this policy; repeat for several.")
@click.option(
    "--most", type=click.IntRange(min=1), default=4, show_default=True, help="Studies before a greedy one stops."
)
@shared_options
def compare_policies(
    setting: str,
    patients: int,
    seed: int,
    policies: tuple[str, ...],
    most: int,
    model_path: str | None,
    as_json: bool,
) -> None:
    """Try testing policies on simulated patients.

    Their truth is known to nobody but the trial.

    Policies: acr_workflow, nothing, everything (on 200 patients at most), greedy_information, greedy_index and
    two_step_plan (on 20 at most). The last three take longer, so they are compared only when named.

    \b
    Examples:
      hpt-bayes compare-policies --patients 200 --policy acr_workflow --policy nothing
      hpt-bayes compare-policies --patients 20 --policy acr_workflow --policy greedy_information
      hpt-bayes compare-policies --setting renal_secondary --json
    """
    from hpt_bayes.policies.compare import compare_policies as compared
    from hpt_bayes.policies.compare import progress_total

    chosen = policies or None
    with progress("Trying the policies", 2 * progress_total(chosen, patients, most)) as advance:
        result = compared(chosen, setting, patients, seed, network=network_of(model_path), most=most, advance=advance)
    emit(as_json, result.to_dict, result.blocks)
