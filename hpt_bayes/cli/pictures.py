"""Commands that draw: plot, diagram, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from hpt_bayes.cli.shared import emit, network_of, shared_options, working

if TYPE_CHECKING:
    from hpt_bayes.case import Case

_LEADING = "leading"
_DRAWS, _STUDY_DRAWS = 1000, 200

# What `--kind` may name: the question to ask, and which picture of its answer.
_KINDS: Mapping[str, tuple[Callable[[Case], object], str]] = {
    "causes": (lambda case: case.posterior(), "causes"),
    "place": (lambda case: case.posterior(), "place"),
    "course": (lambda case: case.course(), "causes"),
    "studies": (lambda case: case.next_studies(), "studies"),
    "plan": (lambda case: case.plan(), "tree"),
    "bundles": (lambda case: case.bundles(), "gain"),
    "actions": (lambda case: case.decide(), "actions"),
    "weights": (lambda case: case.explain(), "weights"),
    "conflict": (lambda case: case.conflict(), "without"),
    "pairs": (lambda case: case.conflict(), "pairs"),
    "tornado": (lambda case: case.sensitivity(), "tornado"),
    "cause-intervals": (lambda case: case.uncertainty(_DRAWS), "causes"),
    "place-intervals": (lambda case: case.uncertainty(_DRAWS), "place"),
    "study-shares": (lambda case: case.uncertainty(_STUDY_DRAWS, study_draws=_STUDY_DRAWS), "studies"),
}


@click.command()
@click.argument("case")
@click.argument("path")
@click.option(
    "--kind", type=click.Choice(tuple(_KINDS)), default="causes", show_default=True, help="Which picture of the case."
)
@shared_options
def plot(case: str, path: str, kind: str, model_path: str | None, as_json: bool) -> None:
    """Draw an answer about CASE into PATH.

    The name ends in .svg, .png or .pdf.

    Most kinds take a second; plan, bundles and the intervals take longer.

    \b
    Examples:
      hpt-bayes plot fhh-trap course.svg --kind course
      hpt-bayes plot persistent-after-failed-exploration place.svg --kind place
      hpt-bayes plot fhh-trap why.png --kind weights
    """
    from hpt_bayes.case import read_case
    from hpt_bayes.presentation.files import require_ending
    from hpt_bayes.presentation.plot import plot as drawn
    from hpt_bayes.presentation.rendering import FORMATS
    from hpt_bayes.presentation.saving import save_picture

    require_ending(path, FORMATS)  # before the question, which may take long
    ask, picture = _KINDS[kind]
    asked = read_case(case, network_of(model_path))
    with working("Answering and drawing"):
        save_picture(drawn(ask(asked), kind=picture), path)
    _wrote(as_json, asked, path)


@click.command()
@click.argument("case")
@click.argument("path")
@click.option("--target", metavar="VARIABLE", help="Only what leads from this variable to the findings.")
@click.option(
    "--weigh",
    metavar="DIAGNOSIS",
    help=f"Mark what each finding weighs for this diagnosis; `{_LEADING}` for the first.",
)
@shared_options
def diagram(case: str, path: str, target: str | None, weigh: str | None, model_path: str | None, as_json: bool) -> None:
    """Draw the network behind CASE into PATH.

    What stands between its causes and its findings; the name ends in .svg, .png, .pdf or .dot.

    \b
    Examples:
      hpt-bayes diagram fhh-trap network.svg --target fhh
      hpt-bayes diagram fhh-trap network.dot --weigh leading
    """
    from hpt_bayes.case import read_case

    asked = read_case(case, network_of(model_path))
    explanation = None if weigh is None else asked.explain(None if weigh == _LEADING else weigh)
    asked.diagram(target, explanation).save(path)
    _wrote(as_json, asked, path)


@click.command()
@click.argument("case")
@click.argument("path")
@click.option("--draws", type=click.IntRange(min=0), default=0, metavar="N", help="Add 90 % intervals over N draws.")
@click.option("--numbers", type=click.IntRange(min=0), default=0, metavar="N", help="Vary N numbers of the model.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draws.")
@shared_options
def report(case: str, path: str, draws: int, numbers: int, seed: int, model_path: str | None, as_json: bool) -> None:
    """Write the reasoning about CASE into a page.

    PATH is one HTML file to read or print. It takes ten seconds or more.

    \b
    Examples:
      hpt-bayes report persistent-after-failed-exploration case.html
      hpt-bayes report my-patient.yaml case.html --draws 1000 --numbers 12
    """
    from hpt_bayes.case import read_case

    asked = read_case(case, network_of(model_path))
    with working("Answering every question about the case"):
        asked.report(path, draws=draws, numbers=numbers, seed=seed)
    _wrote(as_json, asked, path)


def _wrote(as_json: bool, case: Case, path: str) -> None:
    """Say what was written, about which case and with which model."""
    from hpt_bayes.display.rows import lines_block
    from hpt_bayes.reasoning.identity import identity

    model = identity(case.facts.network)
    emit(
        as_json,
        lambda: {"case": case.facts.name, "model": model.to_dict(), "path": path},
        lambda: (lines_block(f"Wrote {path}", [f"{case.facts.name or 'The case'}, model {model}."]),),
    )
