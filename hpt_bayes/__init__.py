"""Exact Bayesian-network reasoning about hyperparathyroidism.

The public names are resolved on first use, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpt_bayes.case import Case, example_cases, read_case
    from hpt_bayes.clinical.surveillance_readings import Limits, Reading
    from hpt_bayes.cohort.frames import score_cohort
    from hpt_bayes.errors import EvidenceError, HptBayesError, ImpossibleEvidence, ModelFileError, NetworkTooWide
    from hpt_bayes.network.check import check_network
    from hpt_bayes.network.load import load_network
    from hpt_bayes.network.network import Network
    from hpt_bayes.presentation.plot import plot
    from hpt_bayes.reasoning.conflict import Conflict
    from hpt_bayes.reasoning.decision import Decision
    from hpt_bayes.reasoning.explanation import Explanation
    from hpt_bayes.reasoning.posterior import Posterior
    from hpt_bayes.reasoning.ranking import Ranking
    from hpt_bayes.reasoning.sensitivity import OneWay, Sensitivity
    from hpt_bayes.reasoning.two_way import Inverse, TwoWay
    from hpt_bayes.reasoning.uncertainty import Uncertainty
    from hpt_bayes.reasoning.what_if import Contrast

__version__ = "0.1.0"

_HOMES = {
    "Case": "hpt_bayes.case",
    "Conflict": "hpt_bayes.reasoning.conflict",
    "Contrast": "hpt_bayes.reasoning.what_if",
    "Decision": "hpt_bayes.reasoning.decision",
    "EvidenceError": "hpt_bayes.errors",
    "Explanation": "hpt_bayes.reasoning.explanation",
    "HptBayesError": "hpt_bayes.errors",
    "ImpossibleEvidence": "hpt_bayes.errors",
    "Inverse": "hpt_bayes.reasoning.two_way",
    "Limits": "hpt_bayes.clinical.surveillance_readings",
    "ModelFileError": "hpt_bayes.errors",
    "Network": "hpt_bayes.network.network",
    "NetworkTooWide": "hpt_bayes.errors",
    "OneWay": "hpt_bayes.reasoning.sensitivity",
    "Posterior": "hpt_bayes.reasoning.posterior",
    "Ranking": "hpt_bayes.reasoning.ranking",
    "Reading": "hpt_bayes.clinical.surveillance_readings",
    "Sensitivity": "hpt_bayes.reasoning.sensitivity",
    "TwoWay": "hpt_bayes.reasoning.two_way",
    "Uncertainty": "hpt_bayes.reasoning.uncertainty",
    "check_network": "hpt_bayes.network.check",
    "example_cases": "hpt_bayes.case",
    "load_network": "hpt_bayes.network.load",
    "plot": "hpt_bayes.presentation.plot",
    "read_case": "hpt_bayes.case",
    "score_cohort": "hpt_bayes.cohort.frames",
}

__all__ = [
    "Case",
    "Conflict",
    "Contrast",
    "Decision",
    "EvidenceError",
    "Explanation",
    "HptBayesError",
    "ImpossibleEvidence",
    "Inverse",
    "Limits",
    "ModelFileError",
    "Network",
    "NetworkTooWide",
    "OneWay",
    "Posterior",
    "Ranking",
    "Reading",
    "Sensitivity",
    "TwoWay",
    "Uncertainty",
    "check_network",
    "example_cases",
    "load_network",
    "plot",
    "read_case",
    "score_cohort",
]


def __getattr__(name: str) -> object:
    """Resolve a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hpt_bayes' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
