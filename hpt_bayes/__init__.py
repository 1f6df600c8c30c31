"""Exact Bayesian-network reasoning about hyperparathyroidism.

The public names are resolved on first use, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpt_bayes.case import Case, example_cases, read_case
    from hpt_bayes.errors import EvidenceError, HptBayesError, ImpossibleEvidence, ModelFileError, NetworkTooWide
    from hpt_bayes.network.check import check_network
    from hpt_bayes.network.load import load_network
    from hpt_bayes.network.network import Network
    from hpt_bayes.presentation.plot import plot
    from hpt_bayes.reasoning.conflict import Conflict
    from hpt_bayes.reasoning.posterior import Posterior
    from hpt_bayes.reasoning.ranking import Ranking

__version__ = "0.1.0"

_HOMES = {
    "Case": "hpt_bayes.case",
    "Conflict": "hpt_bayes.reasoning.conflict",
    "EvidenceError": "hpt_bayes.errors",
    "HptBayesError": "hpt_bayes.errors",
    "ImpossibleEvidence": "hpt_bayes.errors",
    "ModelFileError": "hpt_bayes.errors",
    "Network": "hpt_bayes.network.network",
    "NetworkTooWide": "hpt_bayes.errors",
    "Posterior": "hpt_bayes.reasoning.posterior",
    "Ranking": "hpt_bayes.reasoning.ranking",
    "check_network": "hpt_bayes.network.check",
    "example_cases": "hpt_bayes.case",
    "load_network": "hpt_bayes.network.load",
    "plot": "hpt_bayes.presentation.plot",
    "read_case": "hpt_bayes.case",
}

__all__ = [
    "Case",
    "Conflict",
    "EvidenceError",
    "HptBayesError",
    "ImpossibleEvidence",
    "ModelFileError",
    "Network",
    "NetworkTooWide",
    "Posterior",
    "Ranking",
    "check_network",
    "example_cases",
    "load_network",
    "plot",
    "read_case",
]


def __getattr__(name: str) -> object:
    """Resolve a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hpt_bayes' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
