"""The quiz command: a learner works patients up, is told what the model believes, and is scored."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpt_bayes.cli.shared import emit, network_of, shared_options
from hpt_bayes.errors import EvidenceError

if TYPE_CHECKING:
    from hpt_bayes.teaching.record import Record
    from hpt_bayes.teaching.session import Session

_SEEDS = 1_000_000


@click.command()
@click.option("--trap", metavar="NAME", default="", help="A patient who shows this trap, e.g. fhh.")
@click.option("--record", "path", type=click.Path(path_type=Path), metavar="FILE", help="Keep the record here (JSON).")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="The same number gives the same patient.")
@click.option("--setting", metavar="NAME", default="", help="Only patients of this setting, e.g. persistent.")
@click.option("--cases", type=click.Choice(["simulated", "published"]), help="Which patients. [simulated]")
@shared_options
def quiz(
    trap: str,
    path: Path | None,
    seed: int | None,
    setting: str,
    cases: str | None,
    model_path: str | None,
    as_json: bool,
) -> None:
    """Work patients up yourself and be scored.

    Commit probabilities, order studies, decide.

    With a record, traps you sprang come back sooner and an unfinished patient waits for you. --json prints the
    summary of the record and asks nothing.

    Traps: fhh, negative_ultrasound, wrong_ct, wrong_setting, rated_against, imaging_too_early,
    too_soon_after_operation, carcinoma_needle, metanephrines, calcium_first, unprepared_reoperation,
    contraindicated.

    \b
    Examples:
      hpt-bayes quiz --record my-record.json
      hpt-bayes quiz --trap fhh --seed 7
      hpt-bayes quiz --cases published --setting first_time
    """
    from hpt_bayes.teaching.record import Record, read_record

    if as_json and path is None:
        raise EvidenceError("--json prints the summary of a record; name one with --record FILE")
    record = Record() if path is None else read_record(path)
    if as_json:
        emit(True, record.progress().to_dict, lambda: ())
        return
    from hpt_bayes.cli.quiz_dialogue import Dialogue
    from hpt_bayes.teaching.teach import published_cases, teach, teach_published

    network = network_of(model_path)

    def patient(seed: int, record: Record) -> Session:
        if cases != "published":
            return teach(setting, seed=seed, trap=trap, record=record, network=network)
        fitting = published_cases(setting, trap=trap, network=network)
        if not fitting:
            raise EvidenceError("no published case fits; ask for another setting or trap, or for simulated patients")
        return teach_published(fitting[seed % len(fitting)], network)

    chosen = bool(trap or setting) or seed is not None or cases is not None
    first = random.SystemRandom().randrange(_SEEDS) if seed is None else seed
    Dialogue(network, patient, record, path).run(first, resume=not chosen)
