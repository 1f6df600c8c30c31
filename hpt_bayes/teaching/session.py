"""One patient worked up by a learner: commit, order, decide; each verb returns a new session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Rows
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.network import Network
from hpt_bayes.teaching.feedback import Feedback, feedback
from hpt_bayes.teaching.forecast import Forecast, probabilities
from hpt_bayes.teaching.frequencies import Frequencies, StudyFrequencies, frequencies, study_frequencies
from hpt_bayes.teaching.patient import Patient, regions
from hpt_bayes.teaching.shown import patient_blocks, step_blocks
from hpt_bayes.teaching.standing import Standing
from hpt_bayes.teaching.steps import Committed, Decided, Ordered, Step, decided, ordered
from hpt_bayes.teaching.summary import Summary, summary


@dataclass(frozen=True, repr=False)
class Session(Result):
    """A patient and everything the learner has done.

    Attributes:
        standing: what the model says of the patient now.
        faced: names of the traps that have been open so far.
        steps: in order; a forecast stands before every order and before the decision.
    """

    standing: Standing
    faced: tuple[str, ...]
    steps: tuple[Step, ...] = ()

    @property
    def patient(self) -> Patient:
        """Who is worked up."""
        return self.standing.patient

    @property
    def network(self) -> Network:
        """What the model believes."""
        return self.standing.network

    @property
    def finished(self) -> bool:
        """Whether the decision was made."""
        return bool(self.steps) and isinstance(self.steps[-1], Decided)

    @property
    def expects_forecast(self) -> bool:
        """Whether a forecast comes next: at first, and after every order."""
        return not self.steps or isinstance(self.steps[-1], Ordered)

    @property
    def forecast(self) -> Forecast | None:
        """The latest forecast."""
        return next((step.forecast for step in reversed(self.steps) if isinstance(step, Committed)), None)

    @property
    def orders(self) -> tuple[Ordered, ...]:
        """What was ordered."""
        return tuple(step for step in self.steps if isinstance(step, Ordered))

    @property
    def causes(self) -> Mapping[str, str]:
        """The causes to commit to: words for people by name."""
        return self.standing.causes

    @property
    def regions(self) -> Mapping[str, str]:
        """The regions to commit to: words for people by name."""
        return regions(self.network)

    @property
    def studies(self) -> Mapping[str, str]:
        """What can be ordered: words for people by name; in a published case only what it reports."""
        known = {each.study for each in self.orders}
        known |= {row.study for row in self.standing.ranking.studies if row.status == "done"}
        able = [each for each in self.network.studies.values() if each.name not in known and self.patient.reports(each)]
        return {each.name: each.label for each in able}

    @property
    def actions(self) -> Mapping[str, str]:
        """What can be decided: words for people by name, in the order of the model file, which tells nothing."""
        rows = {row.action for row in self.standing.decision.actions}
        rows |= {row.action for row in self.standing.decision.contraindicated}
        management = self.network.management
        return {each.name: each.label for each in (management.aimed if management else ()) if each.name in rows}

    def commit(self, causes: str | Mapping[str, float], regions: str | Mapping[str, float] = "") -> Session:
        """The session with probabilities committed; between two orders the last ones count.

        Args:
            causes: `60 ectopic, 25 fhh` in per cents, or probabilities 0 to 1 by name, see `causes`; causes may
                overlap, and what is left to 100 % is shared among those not named.
            regions: where the gland is, likewise, at most 100 % in all, see `regions`; nothing to leave it out.

        Raises:
            EvidenceError: after the decision, or probabilities that are not understood.
        """
        self._require_open()
        made = Forecast(
            probabilities(causes, self.causes),
            probabilities(regions, self.regions, one=True) if regions else {},
        )
        steps = self.steps if self.expects_forecast else self.steps[:-1]
        return self._with((*steps, Committed(made, self.standing.forecast)))

    def order(self, study: str) -> Session:
        """The session with a study ordered, and what it showed.

        A study that must not be done is refused and nothing is shown; it counts as an order that told nothing.

        Args:
            study: its name, see `studies`.

        Raises:
            EvidenceError: an unknown study, one that is done already, none committed before it, or after the decision.
        """
        self._require_forecast("a study is ordered")
        made = ordered(self.standing, study, {each.study for each in self.orders})
        return self._with((*self.steps, made))

    def decide(self, action: str = "") -> Session:
        """The session ended, with the action the learner would take.

        Args:
            action: its name, see `actions`; empty to end without one.

        Raises:
            EvidenceError: an unknown action, one that must not be done, none committed before it, or after the
                decision.
        """
        self._require_forecast("a decision is made")
        return self._with((*self.steps, decided(self.standing, action)))

    def undo(self) -> Session:
        """The session without its last step.

        Raises:
            EvidenceError: when nothing was done.
        """
        if not self.steps:
            raise EvidenceError("there is nothing to undo")
        session = begin(self.network, self.patient)
        for end in range(1, len(self.steps)):
            session = session._with(self.steps[:end])
        return session

    def feedback(self) -> Feedback:
        """The last forecast beside the model's on the same findings, and why the model believes what it does.

        Raises:
            EvidenceError: when the last step is no forecast.
        """
        step = self.steps[-1] if self.steps else None
        if not isinstance(step, Committed):
            raise EvidenceError("there is no new forecast; commit probabilities first")
        return feedback(self.standing, step)

    def frequencies(self) -> Frequencies:
        """What the model believes, as natural frequencies: of 100 such patients, how many have what."""
        return frequencies(self.standing)

    def study_frequencies(self, study: str) -> StudyFrequencies:
        """What a study would show in 1,000 such patients, and what those have.

        Args:
            study: its name.

        Raises:
            EvidenceError: an unknown study.
        """
        return study_frequencies(self.standing, study)

    def summary(self) -> Summary:
        """The truth, the scores, the regrets and what was spent.

        Raises:
            EvidenceError: when the work-up has not ended, since it tells the truth.
        """
        return summary(self.standing, self.faced, self.steps)

    def blocks(self) -> tuple[Rows, ...]:
        """What is known of the patient, and what the last step brought."""
        return (*patient_blocks(self.standing), *self.last_blocks())

    def last_blocks(self) -> tuple[Rows, ...]:
        """What the last step brought; nothing before the first."""
        if not self.steps:
            return ()
        step = self.steps[-1]
        return (
            feedback(self.standing, step).blocks() if isinstance(step, Committed) else step_blocks(self.standing, step)
        )

    def _with(self, steps: tuple[Step, ...]) -> Session:
        found = tuple(entry for step in steps if isinstance(step, Ordered) for entry in step.found)
        known = (*self.patient.opening, *found)
        if len(known) == len(self.standing.known):
            return replace(self, steps=steps)
        standing = Standing(self.network, self.patient, known)
        return Session(standing, tuple(dict.fromkeys([*self.faced, *standing.traps])), steps)

    def _require_open(self) -> None:
        if self.finished:
            raise EvidenceError("the work-up has ended; undo the decision first, or take another patient")

    def _require_forecast(self, what: str) -> None:
        self._require_open()
        if self.expects_forecast:
            raise EvidenceError(f"commit probabilities before {what}")


def begin(network: Network, patient: Patient) -> Session:
    """A session before anything is done.

    Args:
        network: what the model believes.
        patient: to be worked up.

    Raises:
        ImpossibleEvidence: when what is shown at first cannot be true together.
    """
    standing = Standing(network, patient, patient.opening)
    _ = standing.posterior
    return Session(standing, standing.traps)
