"""What if a finding were another: the same questions asked of the changed case, beside the entered one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hpt_bayes.display.numbers import percent, points, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.believing.changes import Change
from hpt_bayes.reasoning.believing.posterior import Posterior, posterior
from hpt_bayes.reasoning.compiled import CompiledModel
from hpt_bayes.reasoning.next_study.ranking import Ranking
from hpt_bayes.reasoning.next_study.ranking_of_studies import next_studies

_LEAST_SHOWN = 0.005


@dataclass(frozen=True, repr=False)
class Contrast(Result):
    """A case as entered and as changed; differences are after minus before.

    Attributes:
        changes: what was changed.
        before: the posterior of the case as entered.
        after: the posterior of the changed case.
        ranking_before: the studies of the case as entered; None for a network without diagnoses.
        ranking_after: the studies of the changed case, likewise.
    """

    changes: tuple[Change, ...]
    before: Posterior
    after: Posterior
    ranking_before: Ranking | None
    ranking_after: Ranking | None

    @property
    def diagnoses(self) -> dict[str, float]:
        """P(diagnosis | changed) - P(diagnosis | entered)."""
        return _difference(self.before.diagnoses, self.after.diagnoses)

    @property
    def gate(self) -> dict[str, float]:
        """The same for the rows of the gate."""
        return _difference(self.before.gate, self.after.gate)

    @property
    def gland_site(self) -> dict[str, float]:
        """The same for the place of the gland."""
        return _difference(self.before.gland_site, self.after.gland_site)

    @property
    def variables(self) -> dict[str, dict[str, float]]:
        """The same for every variable."""
        after = self.after.variables
        return {name: _difference(states, after[name]) for name, states in self.before.variables.items()}

    @property
    def told(self) -> tuple[str, ...]:
        """Each change in words."""
        names = self.before.labels.variables
        return tuple(each.told(names.get(each.finding, words(each.finding))) for each in self.changes)

    @property
    def leading_diagnosis(self) -> tuple[str | None, str | None]:
        """Before and after."""
        return self.before.leading_diagnosis, self.after.leading_diagnosis

    @property
    def best_study(self) -> tuple[str | None, str | None]:
        """The advised study before and after."""
        before, after = self.ranking_before, self.ranking_after
        return (before and before.advised) or None, (after and after.advised) or None

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded."""
        return {
            "case": self.before.case,
            "model": self.before.model.to_dict(),
            "changes": [asdict(each) for each in self.changes],
            "difference": {"gate": self.gate, "diagnoses": self.diagnoses, "gland_site": self.gland_site},
            "leading_diagnosis": _pair(self.leading_diagnosis),
            "best_study": _pair(self.best_study),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "ranking_before": None if self.ranking_before is None else self.ranking_before.to_dict(),
            "ranking_after": None if self.ranking_after is None else self.ranking_after.to_dict(),
        }

    def to_frame(self) -> Frame:
        """One row per gate row, diagnosis and place (of a foreign network per state): kind, name, before, after."""
        kinds = [("gate", "gate"), ("diagnosis", "diagnoses"), ("gland_site", "gland_site")]
        pairs = [(kind, getattr(self.before, field), getattr(self.after, field)) for kind, field in kinds]
        if not self.before.diagnoses:
            pairs = [(name, states, self.after.variables[name]) for name, states in self.before.variables.items()]
        return to_frame(
            [
                {"kind": kind, "name": name, "before": p, "after": after[name], "difference": after[name] - p}
                for kind, before, after in pairs
                for name, p in before.items()
            ]
        )

    def blocks(self) -> tuple[Rows, ...]:
        """What was changed, then what that changes."""
        labels = self.before.labels
        blocks = [Rows("What if", (), tuple((line,) for line in self.told))]
        new = [line for line in self.after.stop_lines if line not in self.before.stop_lines]
        gone = [line for line in self.before.stop_lines if line not in self.after.stop_lines]
        blocks.append(Rows("Stop and settle first, new in the changed case", (), tuple((t,) for t in new), urgent=True))
        blocks.append(Rows("No longer a reason to stop", (), tuple((t,) for t in gone)))
        blocks.append(self._answer())
        blocks.append(_table("First question", self.before.gate, self.after.gate, labels.gate))
        blocks.append(_table("Causes (may overlap)", self.before.diagnoses, self.after.diagnoses, labels.diagnoses))
        blocks.append(_table("Where it probably is, by approach", self.before.approaches, self.after.approaches, {}))
        if not self.before.diagnoses:
            blocks += [
                _table(labels.variables.get(name, words(name)), states, self.after.variables[name], {})
                for name, states in self.before.variables.items()
            ]
        return (*(block for block in blocks if block.cells), Rows(f"Model {self.before.model}", (), (), ("",)))

    def _answer(self) -> Rows:
        """The leading diagnosis and the next study, before and after."""
        labels, cells = self.before.labels, []
        if self.before.diagnoses:
            shown = [
                f"{labels_of.diagnoses[name]} {percent(each.diagnoses[name])}" if name else "-"
                for each, labels_of, name in zip(
                    (self.before, self.after), (labels, self.after.labels), self.leading_diagnosis, strict=True
                )
            ]
            cells.append(("leading cause", *shown))
        if self.ranking_before is not None:
            cells.append(("next study", *(labels.studies.get(each or "", each or "none") for each in self.best_study)))
        return Rows("Answer", ("", "as entered", "changed"), tuple(cells))


def contrast(
    before: tuple[CompiledModel, EnteredEvidence],
    after: tuple[CompiledModel, EnteredEvidence],
    changes: tuple[Change, ...],
    case: str = "",
) -> Contrast:
    """Ask the same questions of two versions of a case.

    Args:
        before: the compiled network and the evidence as entered.
        after: the same for the changed case; another setting has another compiled network.
        changes: what was changed.
        case: name of the case, for the result.

    Returns:
        Both answers.

    Raises:
        ImpossibleEvidence: when the findings of either version cannot be true together.
    """
    rankings = [
        None if model.network.foreign else next_studies(model, entered, case=case) for model, entered in (before, after)
    ]
    return Contrast(changes, posterior(*before, case), posterior(*after, case), *rankings)


def _difference(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: after[name] - value for name, value in before.items()}


def _pair(names: tuple[str | None, str | None]) -> dict[str, str | None]:
    return {"before": names[0], "after": names[1]}


def _table(title: str, before: Mapping[str, float], after: Mapping[str, float], labels: Mapping[str, str]) -> Rows:
    """One line a name that is not negligible in both, largest change first."""
    moved = sorted(before, key=lambda name: -abs(after.get(name, 0.0) - before[name]))
    names = [name for name in moved if max(before[name], after.get(name, 0.0)) >= _LEAST_SHOWN]
    cells = tuple(
        (
            labels.get(name, words(name)),
            percent(before[name]),
            percent(after.get(name, 0.0)),
            points(after.get(name, 0.0) - before[name]),
        )
        for name in names
    )
    return Rows(title, ("", "as entered", "changed", "points"), cells, right=frozenset({1, 2, 3}))
