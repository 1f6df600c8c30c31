"""Commands about many patients: score."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hpt_bayes.cli.shared import emit, network_of, progress, shared_options


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--units", "units", metavar="PATH", type=click.Path(path_type=Path), help="YAML or JSON, column: unit.")
@click.option("--keep", metavar="COLUMN", multiple=True, help="Copy this column to OUT; may be given several times.")
@click.option("--setting", metavar="NAME", help="Of every patient, where IN has no column `setting`.")
@click.option("--chunk", type=click.IntRange(min=1), default=2000, show_default=True, help="Patients in a part file.")
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes, about 300 MB each."
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
@shared_options
def score(
    source: Path,
    target: Path,
    units: Path | None,
    keep: tuple[str, ...],
    setting: str | None,
    chunk: int,
    workers: int,
    overwrite: bool,
    model_path: str | None,
    as_json: bool,
) -> None:
    """Answer for every patient of a table.

    IN is parquet or .csv, OUT a parquet file.

    Columns of IN are findings, `setting`, upper limits (`pth.upper_limit`) and columns to keep; an empty cell was not
    done. OUT has the columns kept, one a diagnosis, the likeliest site, and `status`: ok, impossible or invalid, with
    the reason in `message`. A run that is interrupted continues when the same command is given again.

    \b
    Examples:
      hpt-bayes score patients.csv answers.parquet --units units.yaml --keep id
      hpt-bayes score clinic.parquet answers.parquet --setting persistent
    units.yaml has a line for each column of numbers:
      total_calcium: mg/dL
      pth: pg/mL
    """
    from hpt_bayes.cohort.files import score_file
    from hpt_bayes.cohort.units import read_units

    result = score_file(
        source,
        target,
        units=None if units is None else read_units(units),
        setting=setting,
        network=network_of(model_path),
        keep=keep,
        chunk=chunk,
        workers=workers,
        overwrite=overwrite,
        progress=progress if sys.stderr.isatty() else None,
    )
    emit(as_json, result.to_dict, result.blocks)
