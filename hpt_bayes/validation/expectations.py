"""expectations.yaml: what clinicians expect the numbers to say about the next study and the action, as patients.

None is forced: one the model does not meet names the numbers that decide it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.draft import check_citations
from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.fields import Record, Text
from hpt_bayes.network.figures import Names
from hpt_bayes.network.network import Network
from hpt_bayes.network.records import read_record
from hpt_bayes.network.yaml_reader import read_yaml
from hpt_bayes.reasoning.varying.parameters import parameter_named
from hpt_bayes.validation.patient import Patient, check_names, check_patient

EXPECTATIONS = "expectations.yaml"


class Expectation(Patient):
    """One expectation; everything it asks must hold. Studies are named one by one or by kind ("localisation").

    Args:
        source: an article that says so.
        leads: one of these comes first in the ranking: by gain for burden, two steps ahead, where some study is worth
            its burden, else by bits.
        leads_by_net: one of these has the largest net value, two steps ahead, where one is above 0, else most bits.
        leads_by_bits: one of these tells most.
        among: the studies compared for these three; all feasible ones when left out.
        no_decision_value: no single result of any of these changes the action.
        worth_nothing: none of these has a positive net value, two steps ahead, or can be done.
        worth_doing: one of these has.
        not_offered: none of these can be ordered now.
        advice: one of these actions is advised, or within the tie.
        required: what the advised action must wait for.
        rises: the probability of these diagnoses is higher with the findings under `after` than without.
        after: findings.
        numbers: the numbers that decide one that is not met: `variable:path`, a number of management.yaml,
            or `burden_weights.NAME`.
        why: in words.
    """

    source: Text | None = None
    leads: Names = ()
    leads_by_net: Names = ()
    leads_by_bits: Names = ()
    among: Names = ()
    no_decision_value: Names = ()
    worth_nothing: Names = ()
    worth_doing: Names = ()
    not_offered: Names = ()
    advice: Names = ()
    required: Names = ()
    rises: Names = ()
    after: Names = ()
    numbers: Names = ()
    why: Text | None = None


class ExpectationsFile(Record):
    """The whole of expectations.yaml."""

    expectations: tuple[Expectation, ...]


_ORDERED = ("leads", "leads_by_net", "leads_by_bits")
_WORTH = ("no_decision_value", "worth_nothing", "worth_doing", "not_offered")
_ASKS = (*_ORDERED, *_WORTH, "advice", "required", "rises")


def read_expectations(network: Network, path: Path | None = None, faults: Faults = STRICT) -> tuple[Expectation, ...]:
    """Read expectations.yaml and check every name in it.

    Args:
        network: whose studies, actions, diagnoses and numbers it may name.
        path: of the file; beside the model's other files when None.
        faults: takes what is wrong.

    Returns:
        The expectations; none when there is no such file.

    Raises:
        ModelFileError: the first fault, with file, line and column (through `faults`).
    """
    path = Path(network.path) / EXPECTATIONS if path is None else path
    if not path.exists():
        return ()
    text = read_yaml(path)
    check_citations(text, network.evidence_rows, faults)
    found = read_record(ExpectationsFile, text, faults)
    for each in () if found is None else found.expectations:
        _check(each, network, faults)
    return () if found is None else found.expectations


def check_expectations(network: Network, faults: Faults) -> None:
    """Check expectations.yaml of a model folder; a folder without one has nothing to check.

    Args:
        network: loaded from the folder.
        faults: takes what is wrong.
    """
    read_expectations(network, faults=faults)


def studies_named(network: Network, names: Iterable[str]) -> tuple[str, ...]:
    """Studies by name, and all of a kind for the name of a kind."""
    wanted = set(names)
    return tuple(name for name, study in network.studies.items() if name in wanted or study.kind in wanted)


def _check(each: Expectation, network: Network, faults: Faults) -> None:
    check_patient(each, network, faults)
    studies = list(dict.fromkeys([*network.studies, *(study.kind for study in network.studies.values())]))
    for key in (*_ORDERED, "among", *_WORTH):
        check_names(each, key, getattr(each, key), studies, faults)
    management = network.management
    check_names(each, "advice", each.advice, [] if management is None else [a.name for a in management.aimed], faults)
    known = [] if management is None else [requirement.name for requirement in management.requirements]
    check_names(each, "required", each.required, known, faults)
    check_names(each, "rises", each.rises, [row.name for row in network.diagnoses], faults)
    check_names(each, "after", each.after, list(each.findings or ()), faults)
    if bool(each.rises) != bool(each.after):
        faults(each.at.error("expected rises and after together, found one of them"))
    if not any(getattr(each, key) for key in _ASKS):
        faults(each.at.error(f"expected something that is expected ({', '.join(_ASKS)}), found nothing"))
    if each.numbers and each.why is None:
        faults(each.place_of("numbers").error("expected why beside numbers, found none"))
    judged = {f"burden_weights.{name}" for name in network.burden_weights}
    judged |= set() if management is None else set(management.numbers)
    for name in each.numbers:
        if name not in judged:
            try:
                parameter_named(network, name)
            except EvidenceError as error:
                faults(each.place_of("numbers").error(f"expected a number of the model, found {name!r}: {error}"))
