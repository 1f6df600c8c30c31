"""`python -m benchmarks` compares with pyAgrum and pgmpy; `python -m benchmarks growth` measures how cost grows."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from benchmarks.results import GROWTH, RESULTS, SIDE_BY_SIDE, side_by_side, time_text, write_section
from benchmarks.timing import Line

Question = Callable[[], Line]


def questions(quick: bool) -> list[Question]:
    """Every question, in the order of the table.

    Args:
        quick: one published network only, on small samples, to see that everything runs.
    """
    from benchmarks.ahead import draws, two_steps
    from benchmarks.cohorts import batch, cohort
    from benchmarks.single import every_posterior, one_target, ranking
    from benchmarks.subjects import PUBLISHED, patient, published

    if quick:
        small = published(PUBLISHED[0])
        asked = [partial(question, small, 1) for question in (every_posterior, one_target, ranking)]
        return [*asked, partial(batch, small, 1, 200, 20)]
    case = patient()
    found: list[Question] = [partial(every_posterior, case, 5), partial(one_target, case, 15)]
    found += [partial(ranking, case, 3, 5), partial(cohort, case, 1, 500, 50)]
    found += [partial(two_steps, case, 1, 3, 4), partial(draws, case, 1, 1000, 20)]
    for name in PUBLISHED:
        other = published(name)
        found += [partial(question, other, 9) for question in (every_posterior, one_target, ranking)]
        found.append(partial(batch, other, 3, 5_000, 200))
    return found


@click.group(invoke_without_command=True)
@click.option("--quick", is_flag=True, help="Small samples on one network, to see that everything runs.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="File to write.", show_default=False)
@click.pass_context
def main(ctx: click.Context, quick: bool, out: Path) -> None:
    """Ask hpt_bayes, pyAgrum and pgmpy the same questions, and write the table of times and ratios."""
    ctx.obj = quick, out
    if ctx.invoked_subcommand is not None:
        return
    from benchmarks.cold import cold_starts

    warnings.simplefilter("ignore")  # pgmpy warns about itself
    logging.getLogger("pgmpy").setLevel(logging.CRITICAL)
    lines = []
    for question in questions(quick):
        line = question()
        ratios = ", ".join(f"{line.ratio(name):.3g} x {name}" for name in line.seconds if name != "hpt_bayes")
        click.echo(f"{line.network}: {line.question}: {time_text(line.seconds['hpt_bayes'])}; {ratios}")
        lines.append(line)
    write_section(SIDE_BY_SIDE, side_by_side(lines, {} if quick else cold_starts(7)), out)
    click.echo(f"written to {out}")


@main.command()
@click.pass_obj
def growth(given: tuple[bool, Path]) -> None:
    """Measure how cost grows, draw it, and fit the exponents."""
    from benchmarks.growth import measured, section
    from benchmarks.growth_plot import draw

    quick, out = given
    curves = measured(quick)
    write_section(GROWTH, section(curves), out)
    draw(curves, out.parent)
    click.echo(f"written to {out}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
