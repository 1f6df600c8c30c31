"""Commands that ask how sure an answer is: sensitivity, uncertainty."""

from __future__ import annotations

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options

_NUMBERS = 12


@click.command()
@click.argument("case")
@click.option("--diagnosis", metavar="NAME", help="Follow this diagnosis instead of the leading one.")
@click.option("--number", metavar="VARIABLE:PATH", help="Only this number: the whole function and what it would need.")
@click.option("--study", is_flag=True, help="With --number: what it would need for the most telling study to change.")
@click.option("--with", "other", metavar="VARIABLE:PATH", help="With --number: both numbers at once, as a surface.")
@shared_options
def sensitivity(
    case: str,
    diagnosis: str | None,
    number: str | None,
    study: bool,
    other: str | None,
    model_path: str | None,
    as_json: bool,
) -> None:
    """Which numbers of the model move the answer for CASE.

    And which would overturn it.

    \b
    Examples:
      hpt-bayes sensitivity fhh-trap
      hpt-bayes sensitivity fhh-trap --diagnosis fhh
      hpt-bayes sensitivity fhh-trap --number fhh_panel:rows[1].p.negative
      hpt-bayes sensitivity fhh-trap --number fhh:rows[9].p.present --with prior_normal_calcium:rows[1].p.absent
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.progress import STEPS

    asked = read_case(case, network_of(model_path))
    if number is None:
        if study or other is not None:
            raise click.UsageError(f"{'--study' if study else '--with'} needs --number VARIABLE:PATH")
        with progress("Evaluating the numbers that matter most", _NUMBERS) as advance:
            result = asked.sensitivity(diagnosis, numbers=_NUMBERS, advance=advance)
        emit(as_json, result.to_dict, result.blocks)
        return
    if other is not None:
        if study:
            raise click.UsageError("expected --study or --with, found both")
        surface = asked.two_way(number, other, diagnosis)
        emit(as_json, surface.to_dict, surface.blocks)
        return
    function = asked.one_way(number, diagnosis)
    with progress("Looking for the value", STEPS) as advance:
        needed = asked.inverse(number, study=study, advance=advance)
    emit(
        as_json,
        lambda: {"function": function.to_dict(), "inverse": needed.to_dict()},
        lambda: (*function.blocks(), *needed.blocks()),
    )


@click.command()
@click.argument("case")
@click.option("--draws", type=click.IntRange(min=1), default=1000, show_default=True, metavar="N", help="How many.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draws.")
@click.option("--studies", is_flag=True, help="Also how often each study tells most, over 200 draws.")
@shared_options
def uncertainty(case: str, draws: int, seed: int, studies: bool, model_path: str | None, as_json: bool) -> None:
    """90 % intervals on every cause and place of CASE.

    Over draws of the model's numbers.

    \b
    Examples:
      hpt-bayes uncertainty persistent-after-failed-exploration
      hpt-bayes uncertainty my-patient.yaml --draws 200 --seed 7
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.reasoning.varying.study_draws import STUDY_DRAWS

    asked = read_case(case, network_of(model_path))
    count = STUDY_DRAWS if studies else 0
    with progress("Drawing the numbers", draws + count) as advance:
        result = asked.uncertainty(draws, seed, study_draws=count, advance=advance)
    emit(as_json, result.to_dict, result.blocks)
