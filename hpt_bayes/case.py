"""One patient: immutable facts, and a verb for every question; each verb delegates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import CaseFile, load_case_file, write_case
from hpt_bayes.evidence.finding import finding_named
from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Likelihood, Observation, observation
from hpt_bayes.network.load import load_network, models_folder
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model
from hpt_bayes.reasoning.conflict import Conflict, conflict
from hpt_bayes.reasoning.posterior import Posterior, posterior
from hpt_bayes.reasoning.ranking import Ranking, next_studies


@dataclass(frozen=True)
class Facts:
    """The facts of a case, checked: what a `Case` holds and a case file stores."""

    network: Network
    settings: tuple[str, ...]
    constraints: tuple[str, ...]
    unavailable: tuple[str, ...]
    name: str
    notes: str
    observations: tuple[Observation, ...] = ()
    retracted: tuple[str, ...] = ()


class Case:
    """What is known of one patient; observing or retracting returns a new case.

    Args:
        network: the model; the packaged one when None.
        setting: what was done and claimed, e.g. "persistent", or several to leave it open; None for a foreign network.
        constraints: conditions that rule studies out, e.g. "pregnancy".
        name: shown with every result.
        unavailable: studies this centre cannot do.
        notes: free text, never used.

    Raises:
        EvidenceError: for an unknown setting, constraint or study, or a setting given to a foreign network.
    """

    def __init__(
        self,
        network: Network | None = None,
        setting: str | Sequence[str] | None = None,
        *,
        constraints: Iterable[str] = (),
        name: str = "",
        unavailable: Iterable[str] = (),
        notes: str = "",
    ) -> None:
        network = load_network() if network is None else network
        settings = () if setting is None else _listed(setting)
        self._facts = Facts(
            network,
            _checked_settings(network, settings),
            _checked("constraint", constraints, network.constraints),
            _checked("study", unavailable, network.studies),
            name,
            notes,
        )

    @classmethod
    def _of(cls, facts: Facts) -> Case:
        case = cls.__new__(cls)
        case._facts = facts
        return case

    @property
    def facts(self) -> Facts:
        """Everything the case holds, frozen."""
        return self._facts

    def __repr__(self) -> str:
        entries = ", ".join(entry.finding for entry in self._facts.observations)
        return f"Case({self._facts.name!r}, setting={' | '.join(self._facts.settings)!r}, findings=[{entries}])"

    def observe(
        self,
        finding: str,
        value: float | str | None = None,
        unit: str | None = None,
        *,
        upper_limit: float | str | None = None,
        site: str | Sequence[str] | None = None,
        any_of: Sequence[str] | None = None,
        likelihood: Likelihood | None = None,
        date: str | None = None,
        **attributes: object,
    ) -> Case:
        """The case with one more reading.

        Args:
            finding: its name, see `net.findings()`.
            value: a number, or a state or named group of states.
            unit: of the number.
            upper_limit: upper limit of the laboratory's range, in `unit`; "unknown" to average over usual limits.
            site: place of a focus, or the punctured place.
            any_of: states of which one is true.
            likelihood: P(what was seen | state), by state or in state order; need not sum to one.
            date: ISO date of the reading.
            attributes: what else a report says, e.g. `field="neck"`, `largest_mm=12`.

        Returns:
            A new case; this one is unchanged.

        Raises:
            EvidenceError: when the entry cannot be accepted; the message says what can.
        """
        entry = observation(
            self._facts.network,
            finding,
            value,
            unit,
            upper_limit=upper_limit,
            site=site,
            any_of=any_of,
            likelihood=likelihood,
            date=date,
            **attributes,
        )
        changed = Case._of(replace(self._facts, observations=(*self._facts.observations, entry)))
        _ = changed.evidence  # refuse entries that contradict each other now, not when a question is asked
        return changed

    def retract(self, finding: str) -> Case:
        """The case without any reading of a finding.

        Args:
            finding: name of an entered finding, or `case_definition`.

        Raises:
            EvidenceError: when nothing was entered under that name, or it is the setting.
        """
        facts = self._facts
        if finding in self.evidence.conditions:
            changed = Case._of(replace(facts, retracted=(*facts.retracted, finding)))
            _ = changed.evidence  # the setting itself cannot be retracted
            return changed
        entered = {entry.finding for entry in facts.observations}
        if finding not in (*entered, *facts.retracted):
            finding = finding_named(facts.network, finding).name
        if finding not in entered:
            raise EvidenceError(f"nothing was entered for {finding!r}; {hint(finding, self.evidence.findings)}")
        return Case._of(replace(facts, observations=tuple(e for e in facts.observations if e.finding != finding)))

    @cached_property
    def evidence(self) -> EnteredEvidence:
        """Everything entered, interpreted."""
        facts = self._facts
        return interpret(
            facts.network, facts.settings, facts.observations, facts.constraints, facts.unavailable, facts.retracted
        )

    @property
    def _model(self) -> CompiledModel:
        return compile_model(self._facts.network, self._facts.settings)

    def posterior(self) -> Posterior:
        """What is believed after everything entered."""
        return posterior(self._model, self.evidence, self._facts.name)

    def next_studies(self, target: str | None = None) -> Ranking:
        """Which study would tell most, what each result would change, and what speaks against it.

        Args:
            target: a variable to learn about instead of cause and place; required for a foreign network.
        """
        return next_studies(self._model, self.evidence, target=target, case=self._facts.name)

    def conflict(self) -> Conflict:
        """How well the findings agree."""
        return conflict(self._model, self.evidence, self._facts.name)

    def save(self, path: str | Path) -> None:
        """Write the case as a case file that `read_case` reads back."""
        facts = self._facts
        write_case(
            CaseFile(
                facts.name,
                facts.settings,
                facts.constraints,
                facts.unavailable,
                facts.notes,
                facts.observations,
                facts.retracted,
            ),
            Path(path),
        )


def read_case(path: str | Path, network: Network | None = None) -> Case:
    """Read a case file, or an example case by name.

    Args:
        path: a YAML file, or the name of an example case, see `example_cases()`.
        network: the model; the packaged one when None.

    Returns:
        The case.

    Raises:
        EvidenceError: for a file that cannot be accepted, with file and line.
    """
    network = load_network() if network is None else network
    examples = _example_paths()
    found = examples.get(str(path), Path(path))
    read = load_case_file(network, found, examples)
    case = Case(
        network,
        read.settings or None,
        constraints=read.constraints,
        name=read.name,
        unavailable=read.unavailable,
        notes=read.notes,
    )
    case = Case._of(replace(case.facts, observations=read.observations, retracted=read.retracted))
    try:
        _ = case.evidence
    except EvidenceError as error:
        raise EvidenceError(f"{found}: {error}") from None
    return case


def example_cases() -> tuple[str, ...]:
    """Names of the example cases."""
    return tuple(_example_paths())


def _example_paths() -> dict[str, Path]:
    return {path.stem: path for path in sorted((models_folder() / "cases").glob("*.yaml"))}


def _checked_settings(network: Network, settings: tuple[str, ...]) -> tuple[str, ...]:
    if network.foreign:
        if settings:
            raise EvidenceError(f"{network.id} has no settings; leave `setting` out")
        return ()
    if not settings:
        raise EvidenceError(f"a setting is required: one of {', '.join(network.settings)}, or several of them")
    return _checked("setting", settings, network.settings)


def _checked(kind: str, names: str | Iterable[str], valid: Iterable[str]) -> tuple[str, ...]:
    known, listed = tuple(valid), _listed(names)
    for name in listed:
        if name not in known:
            raise EvidenceError(f"unknown {kind} {name!r}; {hint(name, known)}")
    return listed


def _listed(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))
