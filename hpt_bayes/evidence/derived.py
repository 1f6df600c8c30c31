"""Quantities computed from entered ones, adjusted calcium and clearance ratio, and what is then not counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hpt_bayes.clinical.calcium import albumin_adjusted_calcium_mg_dl
from hpt_bayes.clinical.urine import calcium_creatinine_clearance_ratio
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.measured import Measured
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.evidence.pairing import partner, same_sample, shown
from hpt_bayes.evidence.text_form import plain
from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.network import Network
from hpt_bayes.network.twin import AFTER

ADJUSTED, TOTAL, ALBUMIN = "adjusted_calcium", "total_calcium", "albumin"
RATIO = "cccr"
URINE_CALCIUM, URINE_CREATININE, SERUM_CREATININE = "urine_calcium", "urine_creatinine", "serum_creatinine"
RATIO_INPUTS = (URINE_CALCIUM, URINE_CREATININE, SERUM_CREATININE, TOTAL)
SCREENED, SCREENED_SILENT = "fhh_screened", "not_documented"

_TOTALS = ("/24h", "/day", "/d")


@dataclass
class Derived:
    """What the derived quantities make of the observations.

    Attributes:
        readings: computed numbers.
        replaced: observations that do not enter by themselves.
        assumed: (finding, text) pairs.
        not_counted_twice: texts.
        notes: texts.
    """

    readings: list[Measured] = field(default_factory=list)
    replaced: list[Observation] = field(default_factory=list)
    assumed: list[tuple[str, str]] = field(default_factory=list)
    not_counted_twice: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def replaces(self, reading: Observation) -> bool:
        """Whether an observation does not enter by itself."""
        return any(reading is each for each in self.replaced)


def derived(network: Network, observations: Sequence[Observation]) -> Derived:
    """Compute what can be computed from the observations.

    Args:
        network: with its analytes.
        observations: as entered.

    Returns:
        Computed readings, and what they replace, assume and leave out.

    Raises:
        EvidenceError: the clearance ratio is entered beside a screening for FHH that used it, its urine values are
            of two kinds, or a computed figure is implausible.
    """
    result = Derived()
    for at in ("",) if network.second_slice is None else ("", AFTER):
        if {ADJUSTED, TOTAL, ALBUMIN} <= set(network.analytes):
            _adjusted_calcium(network, observations, result, at)
        if {RATIO, *RATIO_INPUTS} <= set(network.analytes):
            _clearance_ratio(network, observations, result, at)
    if {RATIO, *RATIO_INPUTS} <= set(network.analytes):
        _refuse_ratio_twice(observations, result)
    return result


def _of(observations: Iterable[Observation], finding: str) -> list[Observation]:
    return [each for each in observations if each.finding == finding]


def _adjusted_calcium(network: Network, observations: Sequence[Observation], result: Derived, at: str) -> None:
    """Adjusted calcium of one slice; `at` is what its names start with."""
    adjusted_name, total_name, albumin_name = (at + name for name in (ADJUSTED, TOTAL, ALBUMIN))
    adjusted, totals, albumins = (_of(observations, name) for name in (adjusted_name, total_name, albumin_name))
    result.replaced += albumins
    paired: list[Observation] = []
    beaten = False
    for total in totals:
        if any(same_sample(total, each) for each in adjusted):
            result.replaced.append(total)
            result.not_counted_twice.append(f"{shown(total)}: {adjusted_name} is entered and already holds it")
            beaten = True
        elif not albumins:
            said = "no albumin entered, so read as adjusted calcium with the spread widened by the variation of albumin"
            result.assumed.append((total_name, said))
        elif total.numeric:
            albumin, said = partner(total, albumins)
            paired.append(albumin)
            result.replaced.append(total)
            result.readings.append(_adjust(network, total, albumin, adjusted_name))
            if said:
                result.assumed.append((adjusted_name, said))
    for albumin in albumins:
        if any(albumin is each for each in paired):
            continue
        if beaten or any(same_sample(albumin, each) for each in adjusted):
            result.not_counted_twice.append(f"{shown(albumin)}: {adjusted_name} is entered and already holds it")
        elif paired:
            result.notes.append(f"{shown(albumin)} is not used: each {total_name} goes with another {albumin_name}")
        else:
            result.notes.append(f"{shown(albumin)} is no evidence by itself: it is used with {total_name} as a number")


def _adjust(network: Network, total: Observation, albumin: Observation, adjusted: str) -> Measured:
    calcium, protein, target = (network.analytes[name] for name in (total.finding, albumin.finding, adjusted))
    if albumin.value is None:
        raise EvidenceError(
            f"{shown(albumin)}: one number is needed to adjust {total.finding}; give it, or leave {albumin.finding} out"
        )
    albumin_g_dl = _in(protein, albumin.value, albumin.unit, "g/dL")

    def adjust(figure: float | None) -> float | None:
        if figure is None:
            return None
        corrected = albumin_adjusted_calcium_mg_dl(_in(calcium, figure, total.unit, "mg/dL"), albumin_g_dl)
        return corrected * target.units["mg/dL"]

    limit = total.upper_limit
    if isinstance(limit, float):
        limit = _in(calcium, limit, total.unit, "mg/dL") * target.units["mg/dL"]
    value, lower, upper = adjust(total.value), adjust(total.lower), adjust(total.upper)
    figures = [each for each in (value, lower, upper) if each is not None]
    inputs = f"{shown(total)} and {shown(albumin)}"
    _plausible(target, figures, inputs)
    figure = " to ".join(plain(float(f"{each:.4g}")) for each in figures)
    return Measured(adjusted, value, lower, upper, limit, False, f"{figure} {target.unit} (from {inputs})")


def _clearance_ratio(network: Network, observations: Sequence[Observation], result: Derived, at: str) -> None:
    """Clearance ratio of one slice; `at` is what its names start with."""
    ratio_name = at + RATIO
    entered = _of(observations, ratio_name)
    inputs = {at + name: _of(observations, at + name) for name in RATIO_INPUTS}
    own = tuple(inputs)[:3]
    result.replaced += [each for name in own for each in inputs[name]]
    collections = inputs[at + URINE_CALCIUM]
    for name in own:
        for each in inputs[name]:
            if any(same_sample(each, ratio) for ratio in entered):
                result.not_counted_twice.append(f"{shown(each)}: {ratio_name} is entered and already holds it")
    open_ones = [each for each in collections if not any(same_sample(each, ratio) for ratio in entered)]
    given = [name for name in own if inputs[name]]
    if not open_ones:
        if given and not entered:
            result.notes.append(f"{' and '.join(given)}: no evidence without {at + URINE_CALCIUM}, so no {ratio_name}")
        return
    missing = [name for name in inputs if not any(each.value is not None for each in inputs[name])]
    if missing:
        numbers = " and ".join(f"{name} as a number" for name in missing)
        result.notes.append(f"{' and '.join(given)}: {ratio_name} is not computed, it needs {numbers}")
        return
    for urine in open_ones:
        if urine.value is not None:
            result.readings.append(_ratio(network, urine, inputs, ratio_name, result))


def _ratio(
    network: Network, urine: Observation, inputs: dict[str, list[Observation]], ratio_name: str, result: Derived
) -> Measured:
    parts = [urine]
    for name in tuple(inputs)[1:]:
        found, said = partner(urine, [each for each in inputs[name] if each.value is not None])
        parts.append(found)
        if said:
            result.assumed.append((ratio_name, said))
    kinds = {_is_total(each.unit) for each in parts[:2]}
    if len(kinds) > 1:
        raise EvidenceError(
            f"{shown(parts[0])} and {shown(parts[1])}: enter both as concentrations or both as 24 hour totals"
        )
    analytes = network.analytes
    urine_calcium, urine_creatinine = (_own(analytes[each.finding], each) for each in parts[:2])
    serum_creatinine, serum_calcium = (
        _in(analytes[each.finding], each.value or 0.0, each.unit, "mg/dL") for each in parts[2:]
    )
    ratio = calcium_creatinine_clearance_ratio(urine_calcium, urine_creatinine, serum_calcium, serum_creatinine)
    text = ", ".join(shown(each) for each in parts)
    _plausible(analytes[ratio_name], [ratio], text)
    shown_ratio = plain(float(f"{ratio:.4g}"))
    return Measured(ratio_name, ratio, None, None, None, False, f"{shown_ratio} (from {text})")


def _refuse_ratio_twice(observations: Sequence[Observation], result: Derived) -> None:
    screened = [each for each in _of(observations, SCREENED) if set(each.states) != {SCREENED_SILENT}]
    computed = any(each.analyte == RATIO for each in result.readings)
    if screened and (computed or _of(observations, RATIO)):
        what = f"{RATIO} computed from {', '.join(RATIO_INPUTS)}" if computed else RATIO
        raise EvidenceError(
            f"{what} and {SCREENED}: {screened[0].text} are the same evidence twice; "
            f"leave one out, or enter {SCREENED}: {SCREENED_SILENT}"
        )


def _is_total(unit: str | None) -> bool:
    return unit is not None and unit.replace(" ", "").casefold().endswith(_TOTALS)


def _own(analyte: Analyte, reading: Observation) -> float:
    return (reading.value or 0.0) * analyte.units[reading.unit or analyte.unit]


def _in(analyte: Analyte, figure: float, unit: str | None, wanted: str) -> float:
    if wanted not in analyte.units:
        raise EvidenceError(f"{analyte.name} is needed in {wanted}, which the model does not list among its units")
    return figure * analyte.units[unit or analyte.unit] / analyte.units[wanted]


def _plausible(analyte: Analyte, figures: Sequence[float], inputs: str) -> None:
    if analyte.plausible is None:
        return
    low, high = analyte.plausible
    for figure in figures:
        if not low <= figure <= high:
            raise EvidenceError(
                f"{inputs} give {analyte.name} {figure:.4g} {analyte.unit}, which is implausible "
                f"(expected {low:g} to {high:g}); check the values and their units"
            )
