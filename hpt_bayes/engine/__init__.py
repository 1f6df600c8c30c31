"""Exact inference on arrays: elimination order, junction tree, propagation over a batch axis, exact draws."""

from hpt_bayes.engine.calibrated import Calibrated
from hpt_bayes.engine.collect import LostTerms
from hpt_bayes.engine.compiled import CompiledNetwork, compile_network
from hpt_bayes.engine.contraction import Scope
from hpt_bayes.engine.evidence_factors import EvidenceFactors
from hpt_bayes.engine.inward import ROOT, Inward, branch, meeting
from hpt_bayes.engine.most_probable import most_probable
from hpt_bayes.engine.propagation import propagate
from hpt_bayes.engine.sampling import drawn_states
from hpt_bayes.engine.sparse import SparseMatrix, from_cells, from_rows
from hpt_bayes.engine.support import possible

__all__ = [
    "ROOT",
    "Calibrated",
    "CompiledNetwork",
    "EvidenceFactors",
    "Inward",
    "LostTerms",
    "Scope",
    "SparseMatrix",
    "branch",
    "compile_network",
    "drawn_states",
    "from_cells",
    "from_rows",
    "meeting",
    "most_probable",
    "possible",
    "propagate",
]
