"""Has PTH fallen enough to stop? The published intraoperative criteria, each on the samples it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hpt_bayes.clinical.calcium import require_positive
from hpt_bayes.errors import EvidenceError

FALL_PERCENT = 50.0
DIALYSIS_FALL_PERCENT = 70.0
HALLE_PG_ML = 35.0
ROME_SETTLED_PG_ML = 7.5


@dataclass(frozen=True)
class IopthSamples:
    """PTH samples around one removal.

    Args:
        pre_incision_pg_ml: before the incision, pg/mL.
        pre_excision_pg_ml: just before the gland's vessels are clipped, pg/mL; None when not taken.
        after_pg_ml: minutes after the excision -> PTH, pg/mL.
        upper_limit_pg_ml: the laboratory's upper limit, pg/mL; None when not known.

    Raises:
        EvidenceError: a value is not a positive finite number.
    """

    pre_incision_pg_ml: float
    pre_excision_pg_ml: float | None = None
    after_pg_ml: Mapping[int, float] = field(default_factory=dict)
    upper_limit_pg_ml: float | None = None

    def __post_init__(self) -> None:
        require_positive("PTH before the incision", self.pre_incision_pg_ml, "pg/mL")
        if self.pre_excision_pg_ml is not None:
            require_positive("PTH before the excision", self.pre_excision_pg_ml, "pg/mL")
        if self.upper_limit_pg_ml is not None:
            require_positive("the upper limit of PTH", self.upper_limit_pg_ml, "pg/mL")
        for minute, value in self.after_pg_ml.items():
            require_positive("minutes after the excision", minute, "minutes")
            require_positive(f"PTH {minute} minutes after the excision", value, "pg/mL")

    @property
    def highest_pg_ml(self) -> float:
        """The higher of the two samples before the excision, pg/mL."""
        return max(self.pre_incision_pg_ml, self.pre_excision_pg_ml or 0.0)

    def at(self, minute: int) -> float:
        """PTH so many minutes after the excision, pg/mL.

        Raises:
            EvidenceError: no sample was taken then.
        """
        if minute not in self.after_pg_ml:
            taken = ", ".join(str(each) for each in sorted(self.after_pg_ml)) or "none"
            raise EvidenceError(f"expected a sample {minute} minutes after the excision, found samples at {taken}")
        return self.after_pg_ml[minute]

    def fall_percent(self, minute: int, baseline_pg_ml: float) -> float:
        """Per cent below a baseline at a minute; negative for a rise."""
        return 100.0 * (1.0 - self.at(minute) / baseline_pg_ml)

    def in_range(self, minute: int) -> bool:
        """Whether PTH is at or below the upper limit at a minute.

        Raises:
            EvidenceError: the limit is not known, or no sample was taken then.
        """
        if self.upper_limit_pg_ml is None:
            raise EvidenceError("expected the laboratory's upper limit of PTH for this criterion, found none")
        return self.at(minute) <= self.upper_limit_pg_ml


@dataclass(frozen=True)
class CriterionResult:
    """Whether a criterion is met.

    Attributes:
        name: of the criterion.
        met: whether the operation may stop by it.
        fall_percent: per cent below the criterion's own baseline at its last sample.
        pth_pg_ml: at that sample, pg/mL.
        minute: of that sample.
    """

    name: str
    met: bool
    fall_percent: float
    pth_pg_ml: float
    minute: int


Criterion = Callable[[IopthSamples], CriterionResult]


def miami(samples: IopthSamples) -> CriterionResult:
    """Miami: at 10 minutes at least 50 % below the highest of pre-incision and pre-excision PTH.

    Source:
        Carneiro DM et al., Surgery 2003;134:973-979, in the words of the centre that made it (others write "more than
        50 %"); results in evidence row `bar_miami_sens`.
    """
    fall = samples.fall_percent(10, samples.highest_pg_ml)
    return CriterionResult("miami", fall >= FALL_PERCENT, fall, samples.at(10), 10)


def vienna(samples: IopthSamples) -> CriterionResult:
    """Vienna: at 10 minutes at least 50 % below the pre-incision PTH.

    Source:
        Barczynski M et al., Langenbecks Arch Surg 2009;394:843-849 (evidence row `bar_vienna_sens`).
    """
    fall = samples.fall_percent(10, samples.pre_incision_pg_ml)
    return CriterionResult("vienna", fall >= FALL_PERCENT, fall, samples.at(10), 10)


def halle(samples: IopthSamples) -> CriterionResult:
    """Halle: 35 pg/mL or less at 15 minutes.

    Source:
        Barczynski M et al., Langenbecks Arch Surg 2009;394:843-849 (evidence row `bar_halle_sens`).
    """
    fall = samples.fall_percent(15, samples.highest_pg_ml)
    return CriterionResult("halle", samples.at(15) <= HALLE_PG_ML, fall, samples.at(15), 15)


def rome(samples: IopthSamples) -> CriterionResult:
    """Rome: at 20 minutes more than 50 % below the highest PTH before the excision, and in range or settled.

    Settled is 7.5 pg/mL or less below the 10-minute value. The source joins its parts by "and/or"; read as three
    alternatives it would be met more often than Miami, but it is met less often (82.9 against 97.6 % of the cured).

    Source:
        Lombardi CP et al. 2008 (evidence row `lom_rome_spec`); Barczynski M et al. 2009 (`bar_rome_sens`).
    """
    fall = samples.fall_percent(20, samples.highest_pg_ml)
    settled = samples.at(10) - samples.at(20) <= ROME_SETTLED_PG_ML
    met = fall > FALL_PERCENT and (samples.in_range(20) or settled)
    return CriterionResult("rome", met, fall, samples.at(20), 20)


def dual(samples: IopthSamples) -> CriterionResult:
    """Dual: Miami, and PTH in range at 10 minutes.

    Source:
        Two Italian centres, 380 patients (hdl.handle.net/2434/1171941): both together predict the outcome best.
    """
    base = miami(samples)
    return CriterionResult("dual", base.met and samples.in_range(10), base.fall_percent, base.pth_pg_ml, 10)


def dialysis(samples: IopthSamples) -> CriterionResult:
    """On dialysis: at 10 minutes more than 70 % below the pre-incision PTH.

    Source:
        Hiramitsu T et al., Medicine 2015;94:e1213 (evidence rows `hir_sens`, `hir_spec`).
    """
    fall = samples.fall_percent(10, samples.pre_incision_pg_ml)
    return CriterionResult("dialysis", fall > DIALYSIS_FALL_PERCENT, fall, samples.at(10), 10)


CRITERIA: Mapping[str, Criterion] = {
    "miami": miami, "vienna": vienna, "halle": halle, "rome": rome, "dual": dual, "dialysis": dialysis,
}  # fmt: skip


@dataclass(frozen=True)
class Stairstep:
    """Glands removed one after another, the criterion asked after each.

    Attributes:
        results: after each removal.
        met_after: number of the removal (from 1) after which it was met, or None.
        stairstep: PTH fell with every removal and only a later one met the criterion: more than one gland secreted.
    """

    results: tuple[CriterionResult, ...]
    met_after: int | None
    stairstep: bool


def sequential_removal(removals: Sequence[IopthSamples], criterion: Criterion = miami) -> Stairstep:
    """Ask a criterion after each of several removals; the clock starts again, the pre-incision sample stays.

    Args:
        removals: samples around each removal, in order, all with the same pre-incision sample.
        criterion: one of `CRITERIA`.

    Returns:
        The results.

    Raises:
        EvidenceError: no removal, different pre-incision samples, or a sample the criterion needs is missing.

    Source:
        Stairstep falls in multigland disease: `if188_none` (10 of 20 that did not fall had a further gland).
    """
    if not removals:
        raise EvidenceError("expected the samples of at least one removal, found none")
    if len({each.pre_incision_pg_ml for each in removals}) > 1:
        raise EvidenceError("expected one pre-incision PTH for all removals of an operation, found several")
    results = tuple(criterion(each) for each in removals)
    met_after = next((number for number, each in enumerate(results, 1) if each.met), None)
    levels = [removals[0].highest_pg_ml, *(each.pth_pg_ml for each in results)]
    fell = all(later < earlier for earlier, later in pairwise(levels))
    return Stairstep(results, met_after, fell and met_after is not None and met_after > 1)
