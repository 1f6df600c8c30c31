"""`check_folder`: every fault of a model folder, those of the files that only compare and describe it included."""

from __future__ import annotations

from pathlib import Path

from hpt_bayes.network.bibliography import check_bibliography
from hpt_bayes.network.check import CheckReport, check_report
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.network import Network
from hpt_bayes.validation.card import check_card
from hpt_bayes.validation.cases_read import check_cases
from hpt_bayes.validation.expectations import check_expectations
from hpt_bayes.validation.targets import check_targets

CHECKS = (check_bibliography, check_targets, check_expectations, check_card, check_cases)


def check_folder(path: str | Path | None = None) -> CheckReport:
    """Check a model folder: first what `load_network` reads; without a fault there, everything beside it.

    Args:
        path: as in `load_network`.

    Returns:
        Faults in order of file, line and column, structural zeros and counts.
    """
    return check_report(path, _beside)


def _beside(network: Network, faults: Faults) -> None:
    for check in CHECKS:
        with faults.caught():
            check(network, faults)
