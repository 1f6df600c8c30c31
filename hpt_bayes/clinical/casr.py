"""How PTH answers to calcium: the inverse sigmoid of the calcium-sensing receptor, and its shift on a drug."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.errors import EvidenceError


@dataclass(frozen=True)
class PthCurve:
    """PTH = minimum + (maximum - minimum) / (1 + (Ca / set point)^slope).

    Args:
        maximum_pg_ml: PTH at very low calcium, pg/mL.
        minimum_pg_ml: PTH that high calcium cannot suppress, pg/mL.
        set_point_mmol_l: ionized calcium at which PTH is midway between maximum and minimum, mmol/L.
        slope: steepness at the set point, dimensionless.

    Raises:
        EvidenceError: a value is not a positive finite number, or the maximum is not above the minimum.

    Source:
        Brown EM, J Clin Endocrinol Metab 1983;56:572-581 (four-parameter model); the midrange set point fits best:
        Messa P et al., Nephrol Dial Transplant 1997;12:101-105.
    """

    maximum_pg_ml: float
    minimum_pg_ml: float
    set_point_mmol_l: float
    slope: float

    def __post_init__(self) -> None:
        require_positive("maximal PTH", self.maximum_pg_ml, "pg/mL")
        require_positive("minimal PTH", self.minimum_pg_ml, "pg/mL")
        require_positive("the set point", self.set_point_mmol_l, "mmol/L of ionized calcium")
        require_positive("the slope", self.slope, "")
        if self.maximum_pg_ml <= self.minimum_pg_ml:
            raise EvidenceError(
                f"maximal PTH must be above minimal PTH, got {self.maximum_pg_ml:g} and {self.minimum_pg_ml:g} pg/mL"
            )

    def pth_pg_ml(self, ionized_calcium_mmol_l: float) -> float:
        """PTH at an ionized calcium.

        Args:
            ionized_calcium_mmol_l: mmol/L.

        Returns:
            PTH, pg/mL, between the minimum and the maximum.

        Raises:
            EvidenceError: the calcium is not a positive finite number.
        """
        require_positive("ionized calcium", ionized_calcium_mmol_l, "mmol/L")
        ratio = ionized_calcium_mmol_l / self.set_point_mmol_l
        return float(self.minimum_pg_ml + (self.maximum_pg_ml - self.minimum_pg_ml) / (1.0 + ratio**self.slope))

    def calcium_mmol_l(self, pth_pg_ml: float) -> float:
        """Ionized calcium at which the glands secrete a PTH: the curve read the other way.

        Args:
            pth_pg_ml: pg/mL, strictly between the minimum and the maximum.

        Returns:
            Ionized calcium, mmol/L.

        Raises:
            EvidenceError: the curve never takes that value.
        """
        if not self.minimum_pg_ml < pth_pg_ml < self.maximum_pg_ml:
            raise EvidenceError(
                f"expected a PTH between {self.minimum_pg_ml:g} and {self.maximum_pg_ml:g} pg/mL, the ends of this "
                f"curve, found {pth_pg_ml!r}"
            )
        odds = (self.maximum_pg_ml - pth_pg_ml) / (pth_pg_ml - self.minimum_pg_ml)
        return float(self.set_point_mmol_l * odds ** (1.0 / self.slope))

    def with_gland_mass(self, times: float) -> PthCurve:
        """The curve of glands with another secretory mass: both ends scale, the set point stays.

        Args:
            times: mass relative to now, dimensionless.

        Raises:
            EvidenceError: not a positive finite number.
        """
        require_positive("the mass of the glands relative to now", times, "")
        return replace(self, maximum_pg_ml=self.maximum_pg_ml * times, minimum_pg_ml=self.minimum_pg_ml * times)

    def on_calcimimetic(self, left_shift_mmol_l: float) -> PthCurve:
        """The curve on a calcimimetic such as cinacalcet: the set point moves left, so the same calcium gives less PTH.

        Args:
            left_shift_mmol_l: by how much ionized calcium, mmol/L; depends on drug, dose and hours since the dose.

        Raises:
            EvidenceError: the shift is not positive, or reaches the set point.

        Source:
            Direction only: Nemeth EF et al., Proc Natl Acad Sci USA 1998;95:4040-4045. Serum calcium falls by
            0.37 mmol/L of total on average (evidence row `leere_cin`), which is no measurement of the shift.
        """
        require_positive("the left shift", left_shift_mmol_l, "mmol/L of ionized calcium")
        if left_shift_mmol_l >= self.set_point_mmol_l:
            raise EvidenceError(
                f"expected a left shift below the set point of {self.set_point_mmol_l:g} mmol/L, "
                f"found {left_shift_mmol_l:g}"
            )
        return replace(self, set_point_mmol_l=self.set_point_mmol_l - left_shift_mmol_l)
