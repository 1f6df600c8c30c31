"""Four fluxes of calcium, gut, bone in, bone out and kidney, and the serum calcium they settle at: for teaching.

The pool is the calcium of the extracellular water, counted as ionized calcium times its volume of distribution.
PTH follows calcium at once (minutes, against hours for the fluxes) along the curve of the calcium-sensing receptor.
The default fluxes are round textbook figures of a healthy adult, not fitted to anybody: read shapes, not numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.clinical.casr import PthCurve
from hpt_bayes.errors import EvidenceError

HEALTHY_CURVE = PthCurve(maximum_pg_ml=150.0, minimum_pg_ml=8.0, set_point_mmol_l=1.15, slope=25.0)
"""Illustrative curve of healthy glands: about 40 pg/mL at 1.20 mmol/L; judged, within the usual reference ranges."""


@dataclass(frozen=True)
class CalciumBalance:
    """Fluxes at the reference state, and how they answer to PTH and calcium.

    Args:
        curve: how PTH answers to calcium.
        reference_mmol_l: ionized calcium of the reference state, mmol/L.
        gut_mmol_h: net absorption there, mmol/h.
        resorption_mmol_h: calcium leaving bone there, mmol/h.
        formation_mmol_h: calcium entering bone there, mmol/h.
        filtration_l_h: glomerular filtration, L/h.
        volume_l: volume in which ionized calcium is counted, L.
        gut_power: gut absorption grows as PTH to this power (through calcitriol).
        resorption_power: resorption likewise.
        threshold_per_e_fold_mmol_l: how far the renal threshold rises when PTH grows e-fold, mmol/L.
        reference_pth_pg_ml: PTH of the reference state, pg/mL; that of the curve at the reference calcium when None.

    Raises:
        EvidenceError: a value is not a positive finite number, or the reference state leaves the kidney
            nothing to excrete.

    Source:
        Structure after Raposo JF et al., J Clin Endocrinol Metab 2002;87:4330-4340, reduced to its fluxes; the
        authors warn, as here, that it cannot carry a clinical decision. Defaults: net absorption 200 mg, bone turnover
        500 mg, filtration 170 L a day, round textbook figures; powers and threshold judged.
    """

    curve: PthCurve = HEALTHY_CURVE
    reference_mmol_l: float = 1.20
    gut_mmol_h: float = 200.0 / 40.08 / 24.0
    resorption_mmol_h: float = 500.0 / 40.08 / 24.0
    formation_mmol_h: float = 500.0 / 40.08 / 24.0
    filtration_l_h: float = 170.0 / 24.0
    volume_l: float = 15.0
    gut_power: float = 0.3
    resorption_power: float = 0.3
    threshold_per_e_fold_mmol_l: float = 0.10
    reference_pth_pg_ml: float | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "curve" and getattr(self, each.name) is not None:
                require_positive(each.name, getattr(self, each.name), "")
        if self.gut_mmol_h + self.resorption_mmol_h <= self.formation_mmol_h:
            raise EvidenceError(
                "expected gut and bone resorption to bring more calcium than formation takes in the reference state, "
                f"found {self.gut_mmol_h:g} + {self.resorption_mmol_h:g} against {self.formation_mmol_h:g} mmol/h"
            )

    @property
    def reference_pth(self) -> float:
        """PTH of the reference state, pg/mL."""
        return self.reference_pth_pg_ml or self.curve.pth_pg_ml(self.reference_mmol_l)

    def fluxes(self, ionized_calcium_mmol_l: float) -> Fluxes:
        """The four fluxes at an ionized calcium.

        Args:
            ionized_calcium_mmol_l: mmol/L.

        Raises:
            EvidenceError: the calcium is not a positive finite number.
        """
        pth = self.curve.pth_pg_ml(ionized_calcium_mmol_l)
        relative = pth / self.reference_pth
        excreted = self.gut_mmol_h + self.resorption_mmol_h - self.formation_mmol_h
        # The threshold that balances the reference state, moved by PTH.
        threshold = self.reference_mmol_l - excreted / self.filtration_l_h
        threshold += self.threshold_per_e_fold_mmol_l * math.log(relative)
        return Fluxes(
            pth_pg_ml=pth,
            gut_mmol_h=self.gut_mmol_h * relative**self.gut_power,
            resorption_mmol_h=self.resorption_mmol_h * relative**self.resorption_power,
            formation_mmol_h=self.formation_mmol_h * ionized_calcium_mmol_l / self.reference_mmol_l,
            urine_mmol_h=self.filtration_l_h * max(0.0, ionized_calcium_mmol_l - threshold),
        )

    def steady_state_mmol_l(self) -> float:
        """Ionized calcium at which the fluxes balance, mmol/L.

        Raises:
            EvidenceError: they balance nowhere between 0.1 and 10 mmol/L.
        """
        low, high = 0.1, 10.0
        if self.fluxes(low).net_mmol_h <= 0.0 or self.fluxes(high).net_mmol_h >= 0.0:
            raise EvidenceError(f"these fluxes balance at no ionized calcium between {low:g} and {high:g} mmol/L")
        return float(brentq(lambda calcium: self.fluxes(calcium).net_mmol_h, low, high, xtol=1e-13, rtol=1e-13))

    def course_mmol_l(self, hours: Sequence[float], start_mmol_l: float) -> NDArray[np.float64]:
        """Ionized calcium over time from a start, as after a gland was removed or a calcimimetic begun.

        Args:
            hours: times asked about, rising, from 0 on, shape (n,).
            start_mmol_l: ionized calcium at 0 hours, mmol/L.

        Returns:
            Ionized calcium in mmol/L, shape (n,).

        Raises:
            EvidenceError: times that do not rise from 0 on, or a start that is not a positive finite number.
        """
        require_positive("ionized calcium at the start", start_mmol_l, "mmol/L")
        times = np.asarray(hours, dtype=float)
        if (
            times.ndim != 1
            or times.size == 0
            or not np.isfinite(times).all()
            or (np.diff(times, prepend=0.0) < 0).any()
        ):
            raise EvidenceError(f"expected hours that rise from 0 on, found {list(np.atleast_1d(times))}")
        solved = solve_ivp(
            lambda _, calcium: [self.fluxes(float(calcium[0])).net_mmol_h / self.volume_l],
            (0.0, max(float(times[-1]), 1e-9)),
            [start_mmol_l],
            method="LSODA",
            t_eval=times,
            rtol=1e-9,
            atol=1e-12,
        )
        return np.asarray(solved.y[0], dtype=float)


@dataclass(frozen=True)
class Fluxes:
    """Calcium fluxes of the extracellular pool.

    Attributes:
        pth_pg_ml: PTH that goes with the calcium, pg/mL.
        gut_mmol_h: in from the gut, mmol/h.
        resorption_mmol_h: in from bone.
        formation_mmol_h: out to bone.
        urine_mmol_h: out through the kidney.
    """

    pth_pg_ml: float
    gut_mmol_h: float
    resorption_mmol_h: float
    formation_mmol_h: float
    urine_mmol_h: float

    @property
    def net_mmol_h(self) -> float:
        """What stays in the pool, mmol/h."""
        return self.gut_mmol_h + self.resorption_mmol_h - self.formation_mmol_h - self.urine_mmol_h
