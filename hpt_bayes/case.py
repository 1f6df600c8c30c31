"""One patient: immutable facts, and a verb for every question; each verb delegates."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpt_bayes.clinical.surveillance_readings import Limits, Reading
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.case_file import CaseFile, load_case_file, write_case
from hpt_bayes.evidence.entered import EnteredEvidence
from hpt_bayes.evidence.facts import Facts, checked_names, checked_settings, checked_text, evidence_of, without
from hpt_bayes.evidence.intervention import after, intervened
from hpt_bayes.evidence.observation import Likelihood, observation
from hpt_bayes.evidence.series import from_series
from hpt_bayes.files import path_of, write_whole
from hpt_bayes.network.load import load_network, models_folder
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.believing.posterior import Posterior, posterior
from hpt_bayes.reasoning.compiled import CompiledModel, compile_model
from hpt_bayes.reasoning.progress import Advance, ignored

if TYPE_CHECKING:
    from hpt_bayes.presentation.diagram import Diagram
    from hpt_bayes.presentation.explorer import Explorer
    from hpt_bayes.reasoning.believing.course import Course
    from hpt_bayes.reasoning.believing.what_if import Contrast
    from hpt_bayes.reasoning.deciding.decision import Decision
    from hpt_bayes.reasoning.explaining.conflict import Conflict
    from hpt_bayes.reasoning.explaining.explanation import Explanation
    from hpt_bayes.reasoning.next_study.bundles import Bundles
    from hpt_bayes.reasoning.next_study.plan import Plan
    from hpt_bayes.reasoning.next_study.ranking import Ranking
    from hpt_bayes.reasoning.next_study.stopping import Stopping
    from hpt_bayes.reasoning.varying.inverse import Inverse
    from hpt_bayes.reasoning.varying.one_number import OneWay
    from hpt_bayes.reasoning.varying.sensitivity import Sensitivity
    from hpt_bayes.reasoning.varying.two_way import TwoWay
    from hpt_bayes.reasoning.varying.uncertainty import Uncertainty


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
        EvidenceError: for an unknown setting, constraint or study, a setting given to a foreign network, or something
            else given as the network.
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
        network = _checked_network(network)
        self._facts = Facts(
            network,
            checked_settings(network, setting),
            checked_names("constraint", constraints, network.constraints),
            checked_names("study", unavailable, network.studies),
            checked_text("the name of a case", name),
            checked_text("notes", notes),
        )

    @classmethod
    def from_series(
        cls,
        readings: Sequence[Reading],
        operation: datetime.date,
        network: Network | None = None,
        *,
        renal: bool = False,
        limits: Limits | None = None,
        name: str = "",
    ) -> Case:
        """A case whose setting is derived from the calcium and PTH since an operation; every answer says so.

        Args:
            readings: dated; the last one that counts is entered, the earlier ones make the setting.
            operation: date of the operation.
            network: the model; the packaged one when None.
            renal: whether the operation was for kidney disease, where PTH against its target decides.
            limits: the laboratory's, where they differ from the usual ones.
            name: shown with every result.

        Raises:
            EvidenceError: no reading after the operation, or a series that no setting fits.
        """
        network = _checked_network(network)
        found = from_series(network, readings, operation, renal=renal, limits=limits)
        case = cls(network, found.settings, name=name, notes=" ".join(found.said))
        return cls._of(replace(case.facts, observations=found.observations, said=found.said))

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
        entries = "; ".join(f"{entry.finding}: {entry.text}" for entry in self._facts.observations)
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
            after(self._facts.network, finding),
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

    def intervene(self, **changes: str) -> Case:
        """The case after something was changed, e.g. a thiazide stopped: what is measured from now on is measured then.

        What was observed before stays what it was, so the order of `observe` and `intervene` matters. Laboratory
        readings entered from now on are named `after.` and the finding; the disease is the same before and after.

        Args:
            changes: what was changed -> the state or group it was set to, e.g. `thiazide_now="absent"` or
                `vitamin_d_25="normal"`; everything that was changed at once.

        Raises:
            EvidenceError: something that cannot be changed or an unknown state; or a second change.
        """
        return Case._of(replace(self._facts, network=intervened(self._facts.network, changes)))

    def retract(self, finding: str) -> Case:
        """The case without any reading of a finding.

        Args:
            finding: name of an entered finding, or `case_definition`.

        Raises:
            EvidenceError: when nothing was entered under that name, or it is the setting.
        """
        return Case._of(without(self._facts, self.evidence, finding))

    @cached_property
    def evidence(self) -> EnteredEvidence:
        """Everything entered, interpreted."""
        return evidence_of(self._facts)

    @property
    def _model(self) -> CompiledModel:
        return compile_model(self._facts.network, self._facts.settings)

    def posterior(self, *, draws: int = 0, seed: int = 0, advance: Advance = ignored) -> Posterior:
        """What is believed after everything entered.

        Args:
            draws: versions of the model's numbers to draw for 90 % intervals, with a caution where one judged number
                decides which diagnosis leads; 0 for none.
            seed: of the draws.
            advance: told how many versions were done since it was last called.
        """
        found = posterior(self._model, self.evidence, self._facts.name)
        if not draws:
            return found
        from hpt_bayes.reasoning.varying.deciding_numbers import deciding_number

        drawn = self.uncertainty(draws, seed, advance=advance)
        decides = deciding_number(self._model, self.evidence) if found.diagnoses else None
        said = found.cautions if decides is None else (*found.cautions, decides.text)
        return replace(found, cautions=said, uncertainty=drawn)

    def course(self) -> Course:
        """What was believed after each finding, in the order entered."""
        from hpt_bayes.reasoning.believing.course import course

        facts = self._facts
        parts = [facts.observations[:number] for number in range(len(facts.observations) + 1)]
        entered = [(part[-1:], Case._of(replace(facts, observations=part)).evidence) for part in parts]
        return course(self._model, entered, facts.name)

    def next_studies(
        self,
        target: str | None = None,
        *,
        steps: int | None = None,
        draws: int = 0,
        seed: int = 0,
        advance: Advance = ignored,
    ) -> Ranking:
        """Which study to do next, what each result would change, and what speaks against it.

        Args:
            target: a variable to learn about instead of cause and place; required for a foreign network.
            steps: 2 values each study with the best second one after each result, 1 by itself; when None, 2 unless the
                numbers are drawn, a target is named, or nothing is decided.
            draws: versions of the model's numbers to draw for the share in which each study is best, and for ties.
            seed: of the draws.
            advance: told of progress: `value.PHASES` phases of two steps, then each draw.
        """
        from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies, usual_steps

        name = self._facts.name
        ahead = usual_steps(self._facts.network, target, draws) if steps is None else steps
        found = next_studies(self._model, self.evidence, target=target, case=name, steps=ahead, advance=advance)
        if not draws:
            return found
        from hpt_bayes.reasoning.varying.ranking_draws import ranked_by, with_draws
        from hpt_bayes.reasoning.varying.study_draws import study_draws

        by = ranked_by(found, target)
        drawn = study_draws(self._model, self.evidence, draws=draws, seed=seed, quantity=by, advance=advance)
        return with_draws(found, *drawn)

    def study_shares(self, draws: int = 200, seed: int = 0, *, advance: Advance = ignored) -> dict[str, float]:
        """The share of draws of the model's numbers in which each study tells most about cause and place.

        Shares by value for the decision come with `next_studies(draws=...)`.

        Args:
            draws: how many versions of the numbers; all studies are ranked on the same ones.
            seed: of the draws.
            advance: told how many versions were done since it was last called.
        """
        from hpt_bayes.reasoning.varying.study_draws import study_shares

        return study_shares(self._model, self.evidence, draws=draws, seed=seed, advance=advance)

    def uncertainty(
        self, draws: int = 1000, seed: int = 0, *, study_draws: int = 0, advance: Advance = ignored
    ) -> Uncertainty:
        """How far every diagnosis and place moves over draws of the model's numbers.

        Args:
            draws: how many versions of the numbers.
            seed: of the draws; the same seed gives the same answer.
            study_draws: how many versions rank the studies too (200 are usual); 0 leaves them out.
            advance: told how many versions were done since it was last called.

        Raises:
            EvidenceError: fewer than one draw; a network of another program.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.varying.uncertainty import uncertainty

        name = self._facts.name
        return uncertainty(
            self._model, self.evidence, draws=draws, seed=seed, study_draws=study_draws, case=name, advance=advance
        )

    def sensitivity(
        self, diagnosis: str | None = None, *, numbers: int | None = None, advance: Advance = ignored
    ) -> Sensitivity:
        """Which single numbers of the model move a diagnosis most, and which would overturn the leading one.

        Args:
            diagnosis: its name; the leading one when None.
            numbers: how many to evaluate at the ends of their range; a dozen when None.
            advance: told how many were done since it was last called.

        Raises:
            EvidenceError: an unknown diagnosis; a network of another program.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.varying.sensitivity import EXACT_FOR, sensitivity

        name, numbers = self._facts.name, EXACT_FOR if numbers is None else numbers
        return sensitivity(self._model, self.evidence, diagnosis, numbers=numbers, case=name, advance=advance)

    def one_way(
        self, number: str, diagnosis: str | None = None, *, between: tuple[float, float] | None = None
    ) -> OneWay:
        """One diagnosis as a function of one number of the model.

        Args:
            number: `variable:path`, as `sensitivity` names it.
            diagnosis: its name; the leading one when None.
            between: values of the number; its 90 % range when None.

        Raises:
            EvidenceError: an unknown number or diagnosis, or an empty range; a network of another program.
        """
        from hpt_bayes.reasoning.varying.one_number import one_way

        return one_way(self._model, self.evidence, number, diagnosis, between=between, case=self._facts.name)

    def two_way(self, first: str, second: str, diagnosis: str | None = None) -> TwoWay:
        """One diagnosis as a function of two numbers of the model, over their 90 % ranges.

        Args:
            first: `variable:path`, as `sensitivity` names it.
            second: another number.
            diagnosis: its name; the leading one when None.

        Raises:
            EvidenceError: an unknown number or diagnosis, or the same number twice; a network of another program.
        """
        from hpt_bayes.reasoning.varying.two_way import two_way

        return two_way(self._model, self.evidence, first, second, diagnosis, case=self._facts.name)

    def inverse(self, number: str, *, study: bool = False, advance: Advance = ignored) -> Inverse:
        """Which value of a number would change the leading diagnosis, or with `study` the most telling study.

        Args:
            number: `variable:path`, as `sensitivity` names it.
            study: ask about the most telling study, which takes longer.
            advance: told of progress with `study`, `progress.STEPS` in all.

        Raises:
            EvidenceError: an unknown number; no feasible study; a network of another program.
        """
        from hpt_bayes.reasoning.varying.inverse import inverse

        return inverse(self._model, self.evidence, number, study=study, case=self._facts.name, advance=advance)

    def conflict(self) -> Conflict:
        """How well the findings agree."""
        from hpt_bayes.reasoning.explaining.conflict import conflict

        return conflict(self._model, self.evidence, self._facts.name)

    def decide(
        self,
        utilities: Mapping[str, float] | None = None,
        *,
        draws: int = 0,
        seed: int = 0,
        advance: Advance = ignored,
    ) -> Decision:
        """What to do now, what is missing before it, and what would change the choice.

        Args:
            utilities: numbers between 0 and 1 to use instead of the model's, by dotted name as in management.yaml,
                e.g. `{"harm.neck.reoperative": 0.03}`.
            draws: versions of the network's numbers to draw for a 90 % interval on each expected utility and the share
                in which each action is the best; 0 for none.
            seed: of the draws.
            advance: told how many versions were done since it was last called.

        Raises:
            EvidenceError: for an unknown utility or a number outside 0 to 1.
        """
        from hpt_bayes.reasoning.deciding.decision import decide

        found = decide(self._model, self.evidence, utilities, self._facts.name)
        if not draws:
            return found
        from hpt_bayes.reasoning.varying.decision_draws import with_intervals

        return with_intervals(self._model, self.evidence, found, draws=draws, seed=seed, advance=advance)

    def plan(self, steps: int = 2, *, advance: Advance = ignored) -> Plan:
        """Which study first, which after each result, and when to stop and act.

        Args:
            steps: 2 (exact) or 3 (a beam that states what it may miss).
            advance: told of progress, up to `planning.UNITS[steps]` in all.

        Raises:
            EvidenceError: for other steps, or a network without actions.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.next_study.planning import plan

        return plan(self._model, self.evidence, steps=steps, case=self._facts.name, advance=advance)

    def stopping(self, studies: Sequence[str] | None = None, *, seed: int = 0, advance: Advance = ignored) -> Stopping:
        """Are we done? Whether further studies would change the action, and what acting without them costs.

        Args:
            studies: those it is about; the ones that are worth doing or that a caution concerns when None.
            seed: of the draws where the studies have too many joint results to count.
            advance: told of progress, up to `stopping.MOST_TOLD` in all.

        Raises:
            EvidenceError: an unknown study, one that cannot be done now, a seed below 0, or a network without actions
                or thresholds.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.next_study.stopping import stopping

        return stopping(self._model, self.evidence, studies, case=self._facts.name, seed=seed, advance=advance)

    def bundles(self, *, advance: Advance = ignored) -> Bundles:
        """What up to three of the eight best studies gain when they are done together, and which bundles are efficient.

        Args:
            advance: told of each bundle that is valued, at most `bundles.MOST`.

        Raises:
            EvidenceError: for a network without actions.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.next_study.bundles import bundles

        return bundles(self._model, self.evidence, case=self._facts.name, advance=advance)

    def what_if(
        self, *changes: str, setting: str | Sequence[str] | None = None, **findings: str | float | None
    ) -> Contrast:
        """The same questions asked of the case with some things changed, beside the answers as entered.

        Args:
            changes: `finding=reading` in the text form of a case file, e.g. "ct_4d=negative", "ct_4d=" to take every
                reading of a finding back, or "setting=recurrent"; a reading replaces all earlier ones of its finding.
            setting: another setting, or several to leave it open.
            findings: the same by name, e.g. ct_4d="negative"; None or "" takes back.

        Returns:
            Both answers and their difference; this case is unchanged.

        Raises:
            EvidenceError: nothing changed, a change that cannot be read, or one finding changed twice.
            ImpossibleEvidence: when the changed findings cannot be true together.
        """
        from hpt_bayes.reasoning.believing.changes import applied, read_changes
        from hpt_bayes.reasoning.believing.what_if import contrast

        facts, made = applied(self._facts, self.evidence, read_changes(changes, findings, setting))
        changed = Case._of(facts)
        return contrast((self._model, self.evidence), (changed._model, changed.evidence), made, self._facts.name)

    def explain(
        self,
        diagnosis: str | None = None,
        against: str | None = None,
        *,
        sources: bool = False,
        advance: Advance = ignored,
    ) -> Explanation:
        """What carries a diagnosis, what speaks against it, what would overturn the answer, and what it rests on.

        Args:
            diagnosis: its name; the leading one when None.
            against: another diagnosis to weigh it against; everything else when None.
            sources: add what the answer rests on and where its doubt comes from, source by source; slower.
            advance: told of progress, `progress.STEPS` for the findings, and as many again for the sources.

        Raises:
            EvidenceError: an unknown diagnosis, the same one twice, one that the findings exclude or leave alone, or a
                network without diagnoses.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.reasoning.explaining.explanation import explain

        name = self._facts.name
        return explain(self._model, self.evidence, diagnosis, against, name, sources=sources, advance=advance)

    def diagram(self, target: str | None = None, explanation: Explanation | None = None) -> Diagram:
        """The network between the causes and what was entered, with the posterior in every node.

        Args:
            target: draw only what leads from this variable to the findings.
            explanation: what `explain` returned; marks findings and arrows by what they weigh for its diagnosis, and
                draws only what leads from that diagnosis where no target is given.

        Returns:
            A drawing; `save("case.svg")` writes it, and a notebook shows it.

        Raises:
            HptBayesError: an unknown variable, or an explanation of other findings.
        """
        from hpt_bayes.presentation.diagram import diagram

        return diagram(self._facts.network, self.evidence, self.posterior(), target, explanation)

    def report(self, path: str | Path, *, draws: int = 0, numbers: int = 0, seed: int = 0) -> None:
        """Write the whole reasoning as one HTML page to read or print: no script, nothing loaded from elsewhere.

        Args:
            path: of the page, e.g. "case.html".
            draws: versions of the model's numbers to draw for 90 % intervals; 0 leaves them out.
            numbers: how many numbers of the model to vary, those that move the answer most; 0 leaves them out.
            seed: of the draws.

        Raises:
            HptBayesError: when the page cannot be written.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.presentation.report import Reasoning, page

        answer, unexplained = self.posterior(draws=draws, seed=seed), ""
        explanation: Explanation | None = None
        try:
            explanation = self.explain(sources=True)
        except EvidenceError as error:  # nothing can be weighed; the page says why
            unexplained = str(error)
        found = Reasoning(
            entered=self.evidence,
            notes=self._facts.notes,
            posterior=answer,
            ranking=self.next_studies() if answer.diagnoses else None,
            decision=self.decide(),
            explanation=explanation,
            unexplained=unexplained,
            conflict=self.conflict(),
            sensitivity=self.sensitivity(numbers=numbers) if numbers else None,
        )
        write_whole(path, page(found))

    def explore(self) -> Explorer:
        """The case to explore in a notebook: enter findings, see the answer move, undo, compare, save.

        Returns:
            Widgets; this case is unchanged, and the explorer's `case` is the one explored to.

        Raises:
            HptBayesError: when ipywidgets is not installed.
            ImpossibleEvidence: when the findings cannot be true together.
        """
        from hpt_bayes.presentation.explorer import explorer

        return explorer(self)

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
                () if facts.network.second_slice is None else tuple(facts.network.second_slice.changes.items()),
            ),
            path,
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
    network = _checked_network(network)
    examples = _example_paths()
    found = examples.get(str(path)) or path_of(path)
    read = load_case_file(network, found, examples)
    case = Case(
        network,
        read.settings or None,
        constraints=read.constraints,
        name=read.name,
        unavailable=read.unavailable,
        notes=read.notes,
    )
    if read.after:
        case = case.intervene(**dict(read.after))
    facts = replace(case.facts, observations=read.observations, retracted=read.retracted, said=read.said)
    case = Case._of(facts)
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


def _checked_network(network: object) -> Network:
    """The packaged network for None; a setting or a path in its place is told where it belongs."""
    if network is None:
        return load_network()
    if not isinstance(network, Network):
        raise EvidenceError(
            f"expected a network, found {network!r}; name a setting, setting={network!r}, or load_network(PATH)"
        )
    return network
