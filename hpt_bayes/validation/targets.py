"""targets.yaml: published figures as questions to the model, written so that a clinician can read and change them.

A figure without `published` takes the value of its first evidence row; one without `tolerance` must lie in the 95 %
interval of that row (as printed, else Wilson's from its counts).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hpt_bayes.network.draft import check_citations
from hpt_bayes.network.events import EventField
from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.fields import Flag, NotNegative, Positive, Probability, Record, Text
from hpt_bayes.network.figures import Names, When
from hpt_bayes.network.network import Network
from hpt_bayes.network.records import read_record
from hpt_bayes.network.yaml_reader import read_yaml
from hpt_bayes.validation.conditions import check_pattern
from hpt_bayes.validation.patient import Patient, check_names, check_patient

TARGETS = "targets.yaml"
Measure = Literal["value", "ratio", "difference", "odds_ratio", "predictive_value"]


class Against(Record):
    """The second question of a comparison; what it leaves out is as in the first."""

    given: When | None = None
    event: EventField | None = None


class Target(Record):
    """A published figure as a question.

    Args:
        number: list and number there, e.g. "labs 1".
        asks: the question in words.
        setting: one, or several.
        confirmed: False where the source did not select by calcium or PTH; the case definition is then retracted.
        given: what is known: variable -> state, group or range; or a relation, see `conditions`.
        event: what is asked about, written like `given`; of a list one must hold.
        mean_of: a numeric variable whose mean is asked for, in place of an event.
        against: the other side of a ratio, difference, odds ratio or predictive value.
        measure: what is made of the questions; `value` is the probability or mean itself.
        prevalence: of `given` among both sides, for a predictive value.
        multiply: factor from the model's unit to the published one.
        published: value, or [low, high].
        tolerance: absolute; with an interval, the distance allowed outside it.
        listed: False where the list names no tolerance and one was chosen.
        evidence: keys of the published rows.
        why: what a miss comes from: the tension between sources it sits on.
    """

    number: Text
    asks: Text
    setting: Names
    confirmed: Flag = True
    given: When | None = None
    event: EventField | None = None
    mean_of: Text | None = None
    against: Against | None = None
    measure: Measure = "value"
    prevalence: Probability | None = None
    multiply: Positive | None = None
    published: object = None
    tolerance: NotNegative | None = None
    listed: Flag = True
    evidence: Names
    why: Text | None = None


class NotEncodable(Record):
    """A listed target the network has no variables for."""

    number: Text
    asks: Text
    reason: Text


class Decision(Patient):
    """A decision point of a published workflow, as a case.

    Args:
        source: the article, or an evidence key.
        among: studies the source rates or names; the first choice is taken among these.
        expects: what the source does next; any of these agrees.
        why: why the model's first choice differs.
    """

    source: Text
    among: Names
    expects: Names
    why: Text | None = None


class Simulation(Record):
    """Patients drawn from the model itself.

    Args:
        settings: each with as many patients.
        patients: in each setting.
        seed: of the random numbers.
        findings: that every patient has.
    """

    settings: Names
    patients: int
    seed: int
    findings: Names


class PriorChange(Record):
    """Base shares that are changed one by one.

    Args:
        shares: variable -> states.
        factors: each share is multiplied by.
    """

    shares: When
    factors: tuple[Positive, ...]


class TargetsFile(Record):
    """The whole of targets.yaml."""

    targets: tuple[Target, ...]
    not_encodable: tuple[NotEncodable, ...] = ()
    workflow: tuple[Decision, ...] = ()
    simulation: Simulation
    prior_change: PriorChange


def read_targets(network: Network, path: Path | None = None, faults: Faults = STRICT) -> TargetsFile | None:
    """Read targets.yaml and check every name in it.

    Args:
        network: whose variables, settings, studies and evidence keys it may name.
        path: of the file; beside the model's other files when None.
        faults: takes what is wrong.

    Returns:
        The file, or None when it has faults.

    Raises:
        ModelFileError: the first fault, with file, line and column (through `faults`).
    """
    before = len(faults.found)
    text = read_yaml(Path(network.path) / TARGETS if path is None else path)
    check_citations(text, network.evidence_rows, faults)
    found = read_record(TargetsFile, text, faults)
    if found is None:
        return None
    for target in found.targets:
        _check_target(target, network, faults)
    for decision in found.workflow:
        check_patient(decision, network, faults)
        for key, names in (("among", decision.among), ("expects", decision.expects)):
            check_names(decision, key, names, network.studies, faults)
    check_names(found.simulation, "settings", found.simulation.settings, network.settings, faults)
    check_names(found.simulation, "findings", found.simulation.findings, network.variables, faults)
    check_pattern(found.prior_change.shares, network, faults)
    return found if len(faults.found) == before else None


def check_targets(network: Network, faults: Faults) -> None:
    """Check targets.yaml of a model folder, the findings of its decision points included.

    Args:
        network: loaded from the folder; one without the file has nothing to check.
        faults: takes what is wrong.
    """
    path = Path(network.path) / TARGETS
    if path.exists():
        read_targets(network, path, faults)


def _check_target(target: Target, network: Network, faults: Faults) -> None:
    check_names(target, "setting", target.setting, network.settings, faults)
    sides: list[Target | Against] = [target]
    if target.against is not None:
        sides.append(target.against)
    for side in sides:
        patterns = [] if side.given is None else [side.given]
        patterns += [] if side.event is None else list(side.event.alternatives)
        for pattern in patterns:
            check_pattern(pattern, network, faults)
    if (target.event is None) == (target.mean_of is None):
        found = "neither" if target.event is None else "both"
        faults(target.at.error(f"expected either event or mean_of, found {found}"))
    if target.mean_of is not None:
        numeric = [name for name, each in network.variables.items() if each.edges is not None]
        check_names(target, "mean_of", (target.mean_of,), numeric, faults)
    if (target.measure != "value") != (target.against is not None):
        word = "no against" if target.measure == "value" else "against"
        faults(target.place_of("measure").error(f"expected {word} for the measure {target.measure!r}"))
    if (target.measure == "predictive_value") != (target.prevalence is not None):
        faults(
            target.place_of("measure").error("expected prevalence with the measure 'predictive_value', and only there")
        )
