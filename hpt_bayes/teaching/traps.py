"""The traps of the field: when one is open, and what a learner does to spring it.

A trap rests on the stop lines and cautions of the model file: it is open while one of them applies to what is known,
and it is sprung by an order or an action that goes against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.cautions import cautions
from hpt_bayes.reasoning.next_study.ranking import StudyRow
from hpt_bayes.reasoning.stop_lines import stop_lines


@dataclass(frozen=True)
class Trap:
    """One way to go wrong.

    Attributes:
        name: of it.
        label: words for people.
        lesson: what to remember, one sentence.
        lines: names of the stop lines and cautions that open it; without any it is always open.
        studies: orders that spring it while it is open.
        localisation: whether any localisation study springs it while it is open.
        premature: whether a study that comes too early springs it while it is open.
        excluded: whether a study that must not be done springs it.
        rated_against: whether a study rated usually not appropriate in the setting springs it.
        actions: kinds of action that spring it while it is open.
        shown: findings that a patient chosen for it shows at first.
    """

    name: str
    label: str
    lesson: str
    lines: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    localisation: bool = False
    premature: bool = False
    excluded: bool = False
    rated_against: bool = False
    actions: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


_INVASIVE = ("operation", "ablation")

TRAPS = (
    Trap(
        "fhh",
        "FHH not addressed",
        "Urine calcium with vitamin D replete, earlier calciums and relatives come before any operation.",
        lines=(
            "fhh_not_addressed",
            "fhh_known_not_addressed",
            "low_urine_calcium_fhh_open",
            "urine_calcium_never_measured",
            "urine_calcium_before_operation",
        ),
        premature=True,
        actions=_INVASIVE,
    ),
    Trap(
        "negative_ultrasound",
        "A negative ultrasound taken for an answer",
        "A negative ultrasound rules nothing out: a complementary study follows before anything is decided.",
        lines=("negative_ultrasound",),
        actions=(*_INVASIVE, "observation"),
        shown=("ultrasound",),
    ),
    Trap(
        "wrong_ct",
        "The wrong CT protocol",
        "A routine contrast CT lacks the phases that show an adenoma: order 4D-CT by name.",
        studies=("ct_routine",),
    ),
    Trap(
        "wrong_setting",
        "The wrong setting's pathway",
        "When the findings contradict the setting, settle that first; its imaging pathway does not apply.",
        lines=(
            "normal_calcium_in_persistent_or_recurrent",
            "normal_ionized_calcium_in_persistent_or_recurrent",
            "normal_calcium_at_first",
            "normal_ionized_calcium_at_first",
            "suppressed_pth",
            "operated_before_by_history",
            "ablated_before",
            "not_operated_by_history",
            "high_calcium_in_secondary",
        ),
        localisation=True,
        actions=_INVASIVE,
    ),
    Trap(
        "rated_against",
        "A study rated usually not appropriate",
        "The appropriateness rating belongs to the setting: what suits one is wrong in another.",
        rated_against=True,
    ),
    Trap(
        "imaging_too_early",
        "Imaging before the diagnosis",
        "Imaging does not make the diagnosis: settle the biochemistry first.",
        premature=True,
    ),
    Trap(
        "too_soon_after_operation",
        "Judging the operation too soon",
        "Early values, low vitamin D and hungry bone imitate failure: wait, replete and repeat before looking.",
        lines=(
            "before_six_weeks",
            "vitamin_d_unmasked",
            "vitamin_d_not_measured",
            "low_calcium_after_operation",
        ),
        localisation=True,
        actions=_INVASIVE,
    ),
    Trap(
        "carcinoma_needle",
        "A needle into a carcinoma",
        "Where carcinoma is possible no needle and no open biopsy: spilled cells seed.",
        lines=("suspected_carcinoma",),
        studies=("fna_pth_washout",),
    ),
    Trap(
        "metanephrines",
        "Phaeochromocytoma forgotten",
        "With possible MEN2A, metanephrines come before any needle, catheter or operation.",
        lines=("metanephrines_first", "metanephrines_raised"),
        studies=("fna_pth_washout", "venous_sampling", "arteriography"),
        actions=_INVASIVE,
        shown=("syndromic_features",),
    ),
    Trap(
        "calcium_first",
        "Severe hypercalcemia left waiting",
        "Treat severe or symptomatic hypercalcemia first; localise afterwards.",
        lines=("severe_hypercalcemia", "symptomatic_hypercalcemia", "severe_hypercalcemia_otherwise_measured"),
        localisation=True,
        actions=_INVASIVE,
    ),
    Trap(
        "unprepared_reoperation",
        "Reoperating without the notes or a look at the cords",
        "The operative and pathology reports say where to look, and laryngoscopy what must not happen twice.",
        lines=("operative_report_missing", "laryngoscopy_before_reoperation"),
        actions=("operation",),
    ),
    Trap(
        "contraindicated",
        "A study that must not be done",
        "Read the patient's constraints before the request form.",
        excluded=True,
    ),
)


def trap_named(name: str) -> Trap:
    """A trap by name.

    Raises:
        EvidenceError: for an unknown name.
    """
    known = {trap.name: trap for trap in TRAPS}
    if name not in known:
        raise EvidenceError(f"unknown trap {name!r}; {hint(name, known)}")
    return known[name]


def open_lines(network: Network, entered: EnteredEvidence) -> dict[str, str]:
    """The stop lines and cautions that apply to what is known: sentence by name, in the order of the model file.

    Args:
        network: whose model file declares them.
        entered: interpreted evidence.
    """
    said = {*stop_lines(network, entered), *cautions(network, entered, stop=True), *cautions(network, entered)}
    declared = [(line.name, line.text) for line in network.stop_lines]
    declared += [(caution.name, caution.text) for caution in network.cautions]
    return {name: text for name, text in declared if text in said}


def open_traps(lines: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the traps that some of the stop lines and cautions open.

    Args:
        lines: those that apply, see `open_lines`.
    """
    return tuple(trap.name for trap in TRAPS if not lines.keys().isdisjoint(trap.lines))


@dataclass(frozen=True)
class Sprung:
    """A trap that was sprung.

    Attributes:
        trap: its name.
        against: the stop lines and cautions that were gone against, as sentences.
    """

    trap: str
    against: tuple[str, ...]


def sprung_by_order(lines: Mapping[str, str], study: Study, row: StudyRow) -> tuple[Sprung, ...]:
    """The traps an order springs.

    Args:
        lines: the stop lines and cautions that apply when it is ordered.
        study: that is ordered.
        row: of the ranking, when it is ordered.
    """

    def springs(trap: Trap) -> bool:
        if trap.lines and lines.keys().isdisjoint(trap.lines):
            return False
        return (
            study.name in trap.studies
            or (trap.localisation and study.kind == "localisation")
            or (trap.premature and row.status == "premature")
            or (trap.excluded and row.status == "excluded")
            or (trap.rated_against and row.acr_rating == "usually_not_appropriate")
        )

    return tuple(_sprung(trap, lines) for trap in TRAPS if springs(trap))


def sprung_by_action(lines: Mapping[str, str], kind: str) -> tuple[Sprung, ...]:
    """The traps an action springs.

    Args:
        lines: the stop lines and cautions that apply when it is chosen.
        kind: of the action: operation, ablation, observation, ...
    """
    open_now = open_traps(lines)
    return tuple(_sprung(trap, lines) for trap in TRAPS if trap.name in open_now and kind in trap.actions)


def _sprung(trap: Trap, lines: Mapping[str, str]) -> Sprung:
    return Sprung(trap.name, tuple(text for name, text in lines.items() if name in trap.lines))
