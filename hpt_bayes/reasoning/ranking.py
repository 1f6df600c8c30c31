"""Which study to do next: information, burden, rating and what each result would change, side by side.

information = I(T; X_s | e) in bits, T = etiology (the vector of diagnosis indicators), place, or both (their pair).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.engine import Calibrated
from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.beliefs import target_beliefs
from hpt_bayes.reasoning.burden import BurdenParts, burden_parts
from hpt_bayes.reasoning.cautions import StudyCaution, study_cautions
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, observed_variables
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.impossible import require_possible
from hpt_bayes.reasoning.information import joint_with_results, mutual_information, summed
from hpt_bayes.reasoning.labels import Labels, labels
from hpt_bayes.reasoning.outcomes import Outlook, outlook, outlook_of_variable
from hpt_bayes.reasoning.question import Question, question
from hpt_bayes.reasoning.study_status import Status, StudyStatus, study_status, why_premature

if TYPE_CHECKING:
    from hpt_bayes.display.rows import Frame, Rows


@dataclass(frozen=True)
class StudyResult:
    """One result a study may give.

    Attributes:
        result: its name; findings of one study joined by ` + `.
        probability: P(result | e).
        leading_diagnosis: largest diagnosis after it, or None without diagnoses.
        leading_site: most probable place after it, or None without a place.
        diagnosis_probability: P(leading diagnosis | e, result), or None.
        site_probability: P(leading place | e, result), or None.
    """

    result: str
    probability: float
    leading_diagnosis: str | None
    leading_site: str | None
    diagnosis_probability: float | None
    site_probability: float | None


@dataclass(frozen=True)
class StudyRow:
    """One study of the ranking.

    Attributes:
        study: its name.
        information: bits by target (etiology, site, both; or the variable asked about).
        information_bits: the bits ranked by.
        burden: its parts; None for a foreign network.
        results: what it may show, most probable first.
        acr_rating: appropriateness in this setting, or None where no source states one.
        status: available, premature, done or excluded.
        feasible: whether it can be ordered now.
        reasons: why not, or what to mind.
        order_text: what to write on the request.
    """

    study: str
    information: Mapping[str, float]
    information_bits: float
    burden: BurdenParts | None
    results: tuple[StudyResult, ...]
    acr_rating: str | None
    status: Status
    feasible: bool
    reasons: tuple[str, ...]
    order_text: str

    def to_dict(self) -> dict[str, object]:
        """The JSON row; values no one has computed are null."""
        return {
            "study": self.study,
            "information_bits": self.information_bits,
            "information": dict(self.information),
            "decision_value": None,
            "net_value": None,
            "index": None,
            "burden": None if self.burden is None else self.burden.to_dict(),
            "results": [
                {
                    "result": result.result,
                    "probability": result.probability,
                    "leading_diagnosis": result.leading_diagnosis,
                    "leading_site": result.leading_site,
                }
                for result in self.results
            ],
            "acr_rating": self.acr_rating,
            "status": self.status,
            "feasible": self.feasible,
            "reason": "; ".join(self.reasons),
        }


@dataclass(frozen=True)
class Ranking:
    """Studies, best first: feasible ones by bits, then the premature, done and excluded ones.

    Attributes:
        case: name of the case.
        model: the model used.
        setting: the setting, or several joined by `|`.
        target: what the bits are about.
        studies: the rows.
        most_informative: the feasible study with most bits, or None.
        cautions: pitfalls that concern some study, most urgent first.
        labels: names for people.
        scope: one line on what this is for.
        draw_shares: share of the draws of the numbers in which each study is the best next one, when asked for.
    """

    case: str
    model: ModelIdentity
    setting: str
    target: str
    studies: tuple[StudyRow, ...]
    most_informative: str | None
    cautions: tuple[StudyCaution, ...]
    labels: Labels
    scope: str
    draw_shares: Mapping[str, float] | None = None

    def to_dict(self) -> dict[str, object]:
        """Everything as JSON-safe values, unrounded; decision values are null until they are computed."""
        return {
            "case": self.case,
            "model": self.model.to_dict(),
            "setting": self.setting,
            "target": self.target,
            "studies": [row.to_dict() for row in self.studies],
            "ties": [],
            "most_informative": self.most_informative,
            "best_value": None,
            "cautions": [caution.to_dict() for caution in self.cautions],
            **({} if self.draw_shares is None else {"draw_shares": dict(self.draw_shares)}),
        }

    def to_frame(self) -> Frame:
        """One row per study: name, bits by target, status, rating, reason."""
        from hpt_bayes.display.rows import to_frame

        return to_frame(
            [
                {
                    "study": row.study,
                    **{f"bits_{name}": bits for name, bits in row.information.items()},
                    "status": row.status,
                    "acr_rating": row.acr_rating,
                    "reason": "; ".join(row.reasons),
                }
                for row in self.studies
            ]
        )

    def opening_blocks(self) -> tuple[Rows, ...]:
        """The next study with its reason, and the runners-up."""
        from hpt_bayes.reasoning.ranking_display import opening_blocks

        return opening_blocks(self)

    def blocks(self, *, everything: bool = False) -> tuple[Rows, ...]:
        """The ranking for people.

        Args:
            everything: list the excluded studies too, with their reason.
        """
        from hpt_bayes.reasoning.ranking_display import ranking_blocks, share_block

        blocks = ranking_blocks(self, everything=everything)
        return blocks if self.draw_shares is None else (*blocks[:-1], share_block(self), *blocks[-1:])

    def _repr_html_(self) -> str:
        from hpt_bayes.display.rows import to_html

        return to_html(self.blocks())


def next_studies(
    model: CompiledModel, entered: EnteredEvidence, *, target: str | None = None, case: str = ""
) -> Ranking:
    """Rank the studies of the model by information.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        target: a variable to learn about; cause and place when None.
        case: name of the case, for the result.

    Returns:
        The ranking.

    Raises:
        ImpossibleEvidence: when the findings cannot be true together.
        EvidenceError: for an unknown target, or a foreign network without one.
    """
    network = model.network
    calibrated = calibrate(model, entered)
    require_possible(model, entered, calibrated)
    asked = question(model, calibrated, target)
    premature = None if network.foreign else why_premature(network, entered, target_beliefs(model, calibrated).gate)
    studies = list(network.studies.values()) or _variables_as_studies(network, entered, asked)
    rows = [
        _row(model, entered, asked, open_study, joint, premature)
        for open_study, joint in _joints(model, entered, calibrated, asked, studies)
    ]
    order = {"available": 0, "premature": 1, "done": 2, "excluded": 3}
    rows.sort(key=lambda row: (order[row.status], -row.information_bits))
    return Ranking(
        case=case,
        model=identity(network),
        setting=" | ".join(entered.settings),
        target=asked.ranked_by,
        studies=tuple(rows),
        most_informative=next((row.study for row in rows if row.feasible), None),
        cautions=study_cautions(network, entered),
        labels=labels(network, entered.settings),
        scope=network.scope,
    )


def _variables_as_studies(network: Network, entered: EnteredEvidence, asked: Question) -> list[str]:
    """In a foreign network every variable that is neither observed nor asked about can be looked at."""
    observed = observed_variables(entered)
    return [name for name in network.variables if name not in observed and name not in asked.names]


def _joints(
    model: CompiledModel,
    entered: EnteredEvidence,
    calibrated: Calibrated,
    asked: Question,
    studies: Sequence[Study | str],
) -> Iterator[tuple[Outlook, NDArray[np.float64]]]:
    """Each study with P(t, x | e) over the groups of target configurations, from one pass over the tree."""
    outlooks = [
        outlook_of_variable(model, each)
        if isinstance(each, str)
        else outlook(model, entered, calibrated, each, asked.names)
        for each in studies
    ]
    scopes = [
        tuple(dict.fromkeys(name for each in view.findings for name in each.parents if name not in asked.fixed))
        for view in outlooks
    ]
    distinct = tuple(dict.fromkeys(scopes))
    target = model.axes(asked.names)
    tables: Iterator[NDArray[np.float64]]
    if len(asked.names) > 1 or not model.engine.is_leaf(target[0]):
        tables = calibrated.joints_with(target, [model.axes(scope) for scope in distinct], groups=asked.groups)
    else:
        tables = (calibrated.joint((*target, *model.axes(scope)))[:, asked.groups >= 0] for scope in distinct)
    weights = {scope: table[0] for scope, table in zip(distinct, tables, strict=True)}
    for view, scope in zip(outlooks, scopes, strict=True):
        yield view, joint_with_results(asked.fixed, asked.states, weights[scope], scope, view.findings)


def _row(
    model: CompiledModel,
    entered: EnteredEvidence,
    asked: Question,
    view: Outlook,
    joint: NDArray[np.float64],
    premature: str | None,
) -> StudyRow:
    network = model.network
    flat = joint.reshape(joint.shape[0], -1)
    information = {
        name: mutual_information(summed(flat, part, int(part.max()) + 1)) for name, part in asked.parts.items()
    }
    study = view.study
    status = StudyStatus("available", ())
    if study is not None:
        status = study_status(network, entered, study, premature)
        if view.impossible and status.feasible:
            status = StudyStatus("excluded", (view.impossible,))
    rating = None
    if study is not None:
        ratings = {study.acr.get(setting) for setting in entered.settings}
        rating = ratings.pop() if len(ratings) == 1 else None
    return StudyRow(
        study=view.name,
        information=information,
        information_bits=information[asked.ranked_by],
        burden=None if study is None else burden_parts(network, study),
        results=_results(model, asked, view, flat),
        acr_rating=rating,
        status=status.status,
        feasible=status.feasible,
        reasons=status.reasons,
        order_text="" if study is None else study.order_text,
    )


def _results(
    model: CompiledModel, asked: Question, view: Outlook, joint: NDArray[np.float64]
) -> tuple[StudyResult, ...]:
    """What each result would change, most probable result first; results without probability are left out."""
    targets = model.targets
    probabilities = joint.sum(axis=0)
    diagnoses = asked.indicators.T.astype(float) @ joint
    names = view.result_names
    sites: NDArray[np.float64] | None = None
    places: tuple[str, ...] = ()
    if asked.site is not None and targets.site is not None:
        places = model.core.variables[targets.site].states
        sites = summed(joint, asked.site, len(places))
    found = []
    for x in np.argsort(-probabilities, kind="stable"):
        p = float(probabilities[x])
        if p <= 0:
            continue
        diagnosis = site = None
        diagnosis_p = site_p = None
        if diagnoses.shape[0]:
            leading = int(np.argmax(np.where(targets.leaders, diagnoses[:, x], -1.0)))
            diagnosis, diagnosis_p = targets.diagnosis_names[leading], float(diagnoses[leading, x] / p)
        if sites is not None and targets.site is not None:
            place = int(np.argmax(sites[:, x]))
            site, site_p = places[place], float(sites[place, x] / p)
        found.append(StudyResult(names[x], p, diagnosis, site, diagnosis_p, site_p))
    return tuple(found)
