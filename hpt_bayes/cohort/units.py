"""The units of a cohort, declared once in a file: YAML or JSON, column: unit."""

from __future__ import annotations

from pathlib import Path

from hpt_bayes.errors import EvidenceError
from hpt_bayes.files import path_of
from hpt_bayes.network.yaml_reader import describe, parse_yaml


def read_units(path: str | Path) -> dict[str, str]:
    """Read the units of the columns.

    Args:
        path: of the file, for example `total_calcium: mg/dL`.

    Returns:
        Unit by column.

    Raises:
        EvidenceError: a missing file, or something else than text as a unit.
        ModelFileError: text that is no YAML.
    """
    try:
        data = path_of(path).read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: expected a file of units, found none ({error.strerror})") from None
    units = parse_yaml(data, str(path))
    for column, unit in units.items():
        if not isinstance(unit, str):
            raise EvidenceError(f"{path}: expected the unit of {column!r} as text, found {describe(unit)}")
    return dict(units)
