"""Exact Bayesian-network reasoning about hyperparathyroidism.

The public names are resolved on first use, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpt_bayes.case import Case, example_cases, read_case
    from hpt_bayes.clinical.surveillance_readings import Limits, Reading
    from hpt_bayes.cohort.dask_frames import score_dask
    from hpt_bayes.cohort.files import ScoredFile, score_file
    from hpt_bayes.cohort.frames import score_cohort
    from hpt_bayes.errors import EvidenceError, HptBayesError, ImpossibleEvidence, ModelFileError, NetworkTooWide
    from hpt_bayes.network.check import check_network
    from hpt_bayes.network.load import load_network
    from hpt_bayes.network.network import Network
    from hpt_bayes.policies.compare import compare_policies
    from hpt_bayes.policies.comparison import PolicyComparison
    from hpt_bayes.policies.simulate import simulate
    from hpt_bayes.policies.simulated import SimulatedPatients
    from hpt_bayes.presentation.plot import plot
    from hpt_bayes.presentation.saving import save_picture
    from hpt_bayes.reasoning.believing.course import Course
    from hpt_bayes.reasoning.believing.posterior import Posterior
    from hpt_bayes.reasoning.believing.what_if import Contrast
    from hpt_bayes.reasoning.deciding.decision import Decision
    from hpt_bayes.reasoning.explaining.conflict import Conflict
    from hpt_bayes.reasoning.explaining.explanation import Explanation
    from hpt_bayes.reasoning.knowledge.sources import sources_of
    from hpt_bayes.reasoning.next_study.bundles import Bundles
    from hpt_bayes.reasoning.next_study.plan import Plan
    from hpt_bayes.reasoning.next_study.ranking import Ranking
    from hpt_bayes.reasoning.next_study.stopping import Stopping
    from hpt_bayes.reasoning.varying.inverse import Inverse
    from hpt_bayes.reasoning.varying.one_number import OneWay
    from hpt_bayes.reasoning.varying.sensitivity import Sensitivity
    from hpt_bayes.reasoning.varying.two_way import TwoWay
    from hpt_bayes.reasoning.varying.uncertainty import Uncertainty
    from hpt_bayes.teaching.record import Record, read_record
    from hpt_bayes.teaching.session import Session
    from hpt_bayes.teaching.teach import published_cases, teach, teach_published

__version__ = "0.1.0"

_HOMES = {
    "Bundles": "hpt_bayes.reasoning.next_study.bundles",
    "Case": "hpt_bayes.case",
    "Conflict": "hpt_bayes.reasoning.explaining.conflict",
    "Contrast": "hpt_bayes.reasoning.believing.what_if",
    "Course": "hpt_bayes.reasoning.believing.course",
    "Decision": "hpt_bayes.reasoning.deciding.decision",
    "EvidenceError": "hpt_bayes.errors",
    "Explanation": "hpt_bayes.reasoning.explaining.explanation",
    "HptBayesError": "hpt_bayes.errors",
    "ImpossibleEvidence": "hpt_bayes.errors",
    "Inverse": "hpt_bayes.reasoning.varying.inverse",
    "Limits": "hpt_bayes.clinical.surveillance_readings",
    "ModelFileError": "hpt_bayes.errors",
    "Network": "hpt_bayes.network.network",
    "NetworkTooWide": "hpt_bayes.errors",
    "OneWay": "hpt_bayes.reasoning.varying.one_number",
    "Plan": "hpt_bayes.reasoning.next_study.plan",
    "PolicyComparison": "hpt_bayes.policies.comparison",
    "Posterior": "hpt_bayes.reasoning.believing.posterior",
    "Ranking": "hpt_bayes.reasoning.next_study.ranking",
    "Reading": "hpt_bayes.clinical.surveillance_readings",
    "Record": "hpt_bayes.teaching.record",
    "ScoredFile": "hpt_bayes.cohort.files",
    "Sensitivity": "hpt_bayes.reasoning.varying.sensitivity",
    "Session": "hpt_bayes.teaching.session",
    "SimulatedPatients": "hpt_bayes.policies.simulated",
    "Stopping": "hpt_bayes.reasoning.next_study.stopping",
    "TwoWay": "hpt_bayes.reasoning.varying.two_way",
    "Uncertainty": "hpt_bayes.reasoning.varying.uncertainty",
    "check_network": "hpt_bayes.network.check",
    "compare_policies": "hpt_bayes.policies.compare",
    "example_cases": "hpt_bayes.case",
    "load_network": "hpt_bayes.network.load",
    "plot": "hpt_bayes.presentation.plot",
    "published_cases": "hpt_bayes.teaching.teach",
    "read_case": "hpt_bayes.case",
    "read_record": "hpt_bayes.teaching.record",
    "save_picture": "hpt_bayes.presentation.saving",
    "score_cohort": "hpt_bayes.cohort.frames",
    "score_dask": "hpt_bayes.cohort.dask_frames",
    "score_file": "hpt_bayes.cohort.files",
    "simulate": "hpt_bayes.policies.simulate",
    "sources_of": "hpt_bayes.reasoning.knowledge.sources",
    "teach": "hpt_bayes.teaching.teach",
    "teach_published": "hpt_bayes.teaching.teach",
}

__all__ = [
    "Bundles",
    "Case",
    "Conflict",
    "Contrast",
    "Course",
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
    "Plan",
    "PolicyComparison",
    "Posterior",
    "Ranking",
    "Reading",
    "Record",
    "ScoredFile",
    "Sensitivity",
    "Session",
    "SimulatedPatients",
    "Stopping",
    "TwoWay",
    "Uncertainty",
    "check_network",
    "compare_policies",
    "example_cases",
    "load_network",
    "plot",
    "published_cases",
    "read_case",
    "read_record",
    "save_picture",
    "score_cohort",
    "score_dask",
    "score_file",
    "simulate",
    "sources_of",
    "teach",
    "teach_published",
]


def __getattr__(name: str) -> object:
    """Resolve a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hpt_bayes' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
