"""What the model says of a patient at one moment: computed when first asked for, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from hpt_bayes.evidence.interpret import EnteredEvidence, interpret
from hpt_bayes.evidence.observation import Observation
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.believing.posterior import Posterior, posterior
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model
from hpt_bayes.reasoning.deciding.decision import Decision, decide
from hpt_bayes.reasoning.explaining.explanation import Explanation, explain
from hpt_bayes.reasoning.next_study.ranking import Ranking
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies
from hpt_bayes.reasoning.studies.outcomes import seen_target
from hpt_bayes.teaching.forecast import Forecast
from hpt_bayes.teaching.patient import Patient, regions
from hpt_bayes.teaching.traps import open_lines, open_traps


@dataclass(frozen=True)
class Standing:
    """The model's answers on what is known of a patient.

    Attributes:
        network: what the model believes.
        patient: worked up.
        known: everything known so far.
    """

    network: Network
    patient: Patient
    known: tuple[Observation, ...]

    @cached_property
    def evidence(self) -> EnteredEvidence:
        """Everything known, interpreted."""
        who = self.patient
        return interpret(self.network, who.settings, self.known, who.constraints, who.unavailable, who.retracted)

    @property
    def compiled(self) -> CompiledModel:
        """The network in the setting of the patient."""
        return compile_model(self.network, self.patient.settings)

    @cached_property
    def posterior(self) -> Posterior:
        """What the model believes."""
        return posterior(self.compiled, self.evidence, self.patient.name)

    @cached_property
    def ranking(self) -> Ranking:
        """What each study is expected to tell."""
        return next_studies(self.compiled, self.evidence, case=self.patient.name)

    @cached_property
    def decision(self) -> Decision:
        """What each action is worth."""
        return decide(self.compiled, self.evidence, case=self.patient.name)

    @cached_property
    def explanation(self) -> Explanation:
        """Why the leading diagnosis is believed."""
        return explain(self.compiled, self.evidence, case=self.patient.name)

    @cached_property
    def lines(self) -> dict[str, str]:
        """The stop lines and cautions that apply: sentence by name."""
        return open_lines(self.network, self.evidence)

    @property
    def traps(self) -> tuple[str, ...]:
        """Names of the traps that are open."""
        return open_traps(self.lines)

    @cached_property
    def causes(self) -> dict[str, str]:
        """Words for people of the diagnoses that may lead, in the setting of the patient."""
        words = self.posterior.labels.diagnoses
        return {row.name: words[row.name] for row in self.network.diagnoses if not row.qualifies}

    @cached_property
    def forecast(self) -> Forecast:
        """What the model would commit."""
        found = self.posterior
        places = dict.fromkeys(regions(self.network), 0.0)
        for site, probability in found.gland_site.items():
            region = self.network.sites[site].region
            places[region] = min(places[region] + probability, 1.0)
        return Forecast({name: found.diagnoses[name] for name in self.causes}, places)

    def shown_by(self, study: Study) -> tuple[Observation, ...]:
        """What a study would show now that is not known yet; a puncture is of the most probable place with a focus.

        Args:
            study: of the network.
        """
        place = None
        if any(self.network.variables[name].target_of is not None for name in study.reveals):
            place = seen_target(self.compiled, self.evidence, calibrate(self.compiled, self.evidence))
        return tuple(entry for entry in self.patient.shown_by(study, place) if entry not in self.known)
