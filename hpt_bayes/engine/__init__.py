"""Exact inference on arrays: elimination order, junction tree, propagation over a batch axis."""

from hpt_bayes.engine.calibrated import Calibrated
from hpt_bayes.engine.collect import LostTerms
from hpt_bayes.engine.compiled import CompiledNetwork, compile_network
from hpt_bayes.engine.evidence_factors import EvidenceFactors
from hpt_bayes.engine.most_probable import most_probable
from hpt_bayes.engine.propagation import propagate
from hpt_bayes.engine.support import possible

__all__ = [
    "Calibrated",
    "CompiledNetwork",
    "EvidenceFactors",
    "LostTerms",
    "compile_network",
    "most_probable",
    "possible",
    "propagate",
]
