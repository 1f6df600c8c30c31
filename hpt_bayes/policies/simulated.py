"""Patients with a hidden truth, each able to show any finding when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import percent
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.categorical import reading_correlation, target_sites
from hpt_bayes.network.nearest import hint
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.labels import labels


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedPatients(Result):
    """Patients of one setting, their hidden truth, and what each would show.

    Attributes:
        model: the compiled mean model; states are numbered as in its `core`.
        setting: the setting.
        seed: of the draws.
        misspecified: whether the numbers were drawn, or are the means.
        version: which version of the numbers each patient comes from, (patients,).
        states: the hidden state of every variable by name, (patients,).
        chances: P(state | the patient's hidden state) of every finding in the patient's own version,
            (patients, states); variables that others hang on are facts and are left out.
        at_places: the same for findings about a punctured place, (patients, places asked about, states).
    """

    model: CompiledModel
    setting: str
    seed: int
    misspecified: bool
    version: NDArray[np.int64]
    states: Mapping[str, NDArray[np.int64]]
    chances: Mapping[str, NDArray[np.float64]]
    at_places: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.version)

    @property
    def causes(self) -> NDArray[np.int64]:
        """Configuration of the cause variables of each patient, (patients,)."""
        space = self.model.targets
        at = tuple(self.states[name] for name in space.causes)
        return np.asarray(np.ravel_multi_index(at, self.model.cards(space.causes)), dtype=np.int64)

    @property
    def diagnoses(self) -> NDArray[np.bool_]:
        """Which diagnoses are true, (patients, diagnoses) in the order of the model file."""
        return np.asarray(self.model.targets.indicators[:, self.causes].T)

    @property
    def site(self) -> tuple[str, ...]:
        """The true place of the gland of each patient; empty for a model without a place."""
        name = self.model.targets.site
        if name is None:
            return ()
        states = self.model.core.variables[name].states
        return tuple(states[at] for at in self.states[name])

    def first(self, count: int) -> SimulatedPatients:
        """The first patients.

        Args:
            count: how many.
        """

        def cut(each: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
            return {name: values[:count] for name, values in each.items()}

        states = {name: values[:count] for name, values in self.states.items()}
        return replace(
            self,
            version=self.version[:count],
            states=states,
            chances=cut(self.chances),
            at_places=cut(self.at_places),
        )

    def reveal(
        self, finding: str, rows: NDArray[np.int64] | None = None, *, reading: int = 1, site: str | None = None
    ) -> NDArray[np.int64]:
        """What a finding shows when it is asked for; the same question has the same answer whenever it is asked.

        Readings of one finding follow the model of repeated readings: each repeats one reading shared by all with
        probability sqrt(rho), else is drawn anew given the hidden state. Readings of a measurement are independent
        given its level, and a fact never changes.

        Args:
            finding: a variable of the model.
            rows: which patients; all when None.
            reading: 1 for the first, 2 for a repeat.
            site: the punctured place, for a finding that is about one place.

        Returns:
            Position of the state of each, in the order of `model.core`, (rows,).

        Raises:
            EvidenceError: an unknown finding or place, a place where none or one is needed, or a reading below 1.
        """
        core = self.model.core
        if finding not in core.variables:
            raise EvidenceError(f"unknown finding {finding!r}; {hint(finding, core.variables)}")
        if reading < 1:
            raise EvidenceError(f"expected the number of a reading from 1, found {reading}")
        chosen = np.arange(len(self)) if rows is None else rows
        if finding in self.at_places:
            asked = target_sites(self.model.network, core.variables[finding])
            if site not in asked:
                raise EvidenceError(f"{finding} needs the punctured site; {hint(str(site), asked)}")
            table = self.at_places[finding][chosen, asked.index(site)]
            shared = self._drawn(f"{finding}@{site}", 0, table, chosen)
        elif site is not None:
            raise EvidenceError(f"{finding} is not about one place, found site {site!r}")
        elif finding not in self.chances:
            return self.states[finding][chosen]
        else:
            table, shared = self.chances[finding][chosen], self.states[finding][chosen]
        variable = core.variables[finding]
        stated = reading_correlation(variable)
        fixed = stated is None or not variable.parents
        rho = 1.0 if fixed and finding not in self.at_places else stated or 0.0
        if variable.role == "measurement":
            rho = 0.0
        fresh = self._drawn(f"{finding}@{site}", reading, table, chosen)
        copies = self._uniform(f"{finding}@{site}", -reading)[chosen] < np.sqrt(rho)
        return np.where(copies, shared, fresh)

    def _uniform(self, name: str, number: int) -> NDArray[np.float64]:
        """One number a patient, whatever was asked before; the sign of the number keeps two purposes apart."""
        return np.random.default_rng([self.seed, crc32(f"{name} {number}".encode())]).random(len(self))

    def _drawn(self, name: str, number: int, table: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
        above = self._uniform(name, number)[rows, None] >= table.cumsum(axis=-1)
        return np.asarray(np.minimum(above.sum(axis=-1), table.shape[-1] - 1), dtype=np.int64)

    def to_dict(self) -> dict[str, object]:
        """The hidden truth as JSON-safe values: diagnoses, place and version of each patient."""
        names = self.model.targets.diagnosis_names
        places = self.site or (None,) * len(self)
        return {
            "setting": self.setting,
            "seed": self.seed,
            "misspecified": self.misspecified,
            "patients": [
                {
                    "version": int(version),
                    "diagnoses": [name for name, true in zip(names, row, strict=True) if true],
                    "gland_site": place,
                }
                for version, row, place in zip(self.version, self.diagnoses.tolist(), places, strict=True)
            ],
        }

    def to_frame(self) -> Frame:
        """One row per patient: version, one column a diagnosis, place."""
        names = self.model.targets.diagnosis_names
        places = self.site or (None,) * len(self)
        return to_frame(
            [
                {"version": int(version), **dict(zip(names, row, strict=True)), "gland_site": place}
                for version, row, place in zip(self.version, self.diagnoses.tolist(), places, strict=True)
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """How many there are and what they have."""
        named = labels(self.model.network, (self.setting,)).diagnoses
        shares = dict(zip(self.model.targets.diagnosis_names, self.diagnoses.mean(axis=0).tolist(), strict=True))
        cells = tuple((named.get(name, name), percent(p)) for name, p in sorted(shares.items(), key=lambda x: -x[1]))
        origin = "each version of the numbers drawn" if self.misspecified else "the numbers of the model"
        title = f"{len(self):,} simulated patients, {self.setting}, from {origin}"
        return (Rows(title, ("true diagnosis (may overlap)", ""), cells, right=frozenset({1})),)
