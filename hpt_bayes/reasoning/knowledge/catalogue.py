"""What the model knows by name: findings, studies, settings and constraints, as a list or one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpt_bayes.display.numbers import amount, words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, lines_block, to_frame
from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import FindingInfo, Network
from hpt_bayes.network.studies import Study
from hpt_bayes.reasoning.identity import ModelIdentity, identity
from hpt_bayes.reasoning.studies.burden import burden_parts

KINDS = ("findings", "studies", "settings", "constraints")
_ROLE_TITLES = {
    "context": "Context",
    "measurement": "Laboratory",
    "finding": "History, examination, operation, genetics, imaging",
    "input": "Used in derived quantities",
    "alias": "Other names",
}


@dataclass(frozen=True, repr=False)
class Catalogue(Result):
    """Names of one kind, or everything about one of them.

    Attributes:
        kind: findings, studies, settings or constraints.
        model: the model they belong to.
        entries: JSON-safe description by name.
        shown: the rows for people.
    """

    kind: str
    model: ModelIdentity
    entries: Mapping[str, Mapping[str, object]]
    shown: tuple[Rows, ...]

    def to_dict(self) -> dict[str, object]:
        """The entries, JSON-safe, with the model."""
        return {"model": self.model.to_dict(), self.kind: {name: dict(entry) for name, entry in self.entries.items()}}

    def to_frame(self) -> Frame:
        """One row a name, with its description."""
        return to_frame([{"name": name, **entry} for name, entry in self.entries.items()])

    def blocks(self) -> tuple[Rows, ...]:
        """Rows for people, and the model."""
        return (*self.shown, Rows(f"Model {self.model}", (), (), ("",)))


def catalogue(network: Network, kind: str, name: str | None = None) -> Catalogue:
    """List one kind of name, or describe one name.

    Args:
        network: as loaded.
        kind: findings, studies, settings or constraints.
        name: one of them; all when None.

    Returns:
        The catalogue.

    Raises:
        EvidenceError: for an unknown name, with the nearest valid one.
    """
    makers = {"findings": _findings, "studies": _studies, "settings": _settings, "constraints": _constraints}
    entries, shown = makers[kind](network, name)
    return Catalogue(kind, identity(network), entries, shown)


def _known(kind: str, name: str, valid: Mapping[str, object]) -> None:
    if name not in valid:
        raise EvidenceError(f"unknown {kind} {name!r}; {hint(name, valid)}")


Made = tuple[dict[str, Mapping[str, object]], tuple[Rows, ...]]


def _findings(network: Network, name: str | None) -> Made:
    known = {info.name: info for info in network.findings()}
    aliases = {other: info.name for info in known.values() for other in info.also}
    if name is not None:
        name = aliases.get(name, name)
        _known("finding", name, known)
        info = known[name]
        return {name: _finding_entry(info)}, (_finding_page(info),)
    blocks = []
    for role in dict.fromkeys(info.kind for info in known.values()):
        cells = tuple((info.name, info.label, _entered_as(info)) for info in known.values() if info.kind == role)
        blocks.append(Rows(_ROLE_TITLES.get(role, words(role)), ("name", "what", "entered as"), cells))
    return {key: _finding_entry(info) for key, info in known.items()}, tuple(blocks)


def _finding_entry(info: FindingInfo) -> dict[str, object]:
    return {
        "label": info.label,
        "kind": info.kind,
        "states": list(info.states),
        "groups": {group: list(states) for group, states in info.groups.items()},
        "units": list(info.units),
        "also": list(info.also),
        "question": info.question,
    }


def _entered_as(info: FindingInfo) -> str:
    """Units and words in one line; the many foci of a scan are one word."""
    plain = list(info.groups) if info.units else [state for state in info.states if "@" not in state]
    foci = ["focus@SITE"] if any(state.startswith("focus@") for state in info.states) else []
    units = [f"number in {', '.join(info.units)}"] if info.units else []
    return "; ".join([*units, ", ".join([*plain, *foci])]).strip("; ")


def _finding_page(info: FindingInfo) -> Rows:
    lines = [info.question] if info.question else []
    if info.units:
        lines.append(f"A number in {', '.join(info.units)}.")
    lines.append(f"States: {', '.join(info.states) or 'none'}.")
    if info.groups:
        lines.append("Groups: " + "; ".join(f"{group} = {_shortened(states)}" for group, states in info.groups.items()))
    if info.also:
        lines.append(f"Also written: {', '.join(info.also)}.")
    return lines_block(f"{info.name}: {info.label}", lines)


def _shortened(states: tuple[str, ...]) -> str:
    return ", ".join(states) if len(states) <= 4 else f"{states[0]} ... {states[-1]} ({len(states)} states)"


def _studies(network: Network, name: str | None) -> Made:
    if name is not None:
        _known("study", name, network.studies)
        study = network.studies[name]
        return {name: _study_entry(network, study)}, (_study_page(network, study),)
    cells = tuple(
        (key, study.label, ", ".join(study.reveals), words(study.kind)) for key, study in network.studies.items()
    )
    block = Rows("Studies", ("name", "what", "reveals", "kind"), cells)
    return {key: _study_entry(network, study) for key, study in network.studies.items()}, (block,)


def _study_entry(network: Network, study: Study) -> dict[str, object]:
    return {
        "label": study.label,
        "reveals": list(study.reveals),
        "kind": study.kind,
        "group": study.group,
        "burden": burden_parts(network, study).to_dict(),
        "acr": dict(study.acr),
        "order_text": study.order_text,
        "constraints": [
            {"when": str(rule.when), "grade": rule.grade, "reason": rule.reason, "source": list(rule.source)}
            for rule in study.constraints
        ],
    }


def _study_page(network: Network, study: Study) -> Rows:
    burden = burden_parts(network, study)
    lines = [f"Reveals {', '.join(study.reveals)}."]
    if study.order_text:
        lines.append(f"Order: {study.order_text}")
    lines.append(
        f"Burden: {amount(burden.cost_usd, 'USD')}, {amount(burden.dose_msv, 'mSv')}, contrast {burden.contrast}, "
        f"{amount(burden.minutes, 'minutes')}; in utility units {burden.utility:.2g}."
    )
    lines += [f"ACR rating, {words(setting)}: {words(rating)}." for setting, rating in study.acr.items()]
    lines += [f"{rule.grade.capitalize()} when {rule.when}: {rule.reason}." for rule in study.constraints]
    lines += [rule.text for rule in study.sequence]
    return lines_block(f"{study.name}: {study.label}", lines)


def _settings(network: Network, name: str | None) -> Made:
    if name is not None:
        _known("setting", name, network.settings)
    chosen = [setting for key, setting in network.settings.items() if name in (None, key)]
    entries: dict[str, Mapping[str, object]] = {
        setting.name: {
            "label": setting.label,
            "entry": setting.entry,
            "reoperative": setting.reoperative,
            "disease": setting.disease,
        }
        for setting in chosen
    }
    cells = tuple((setting.name, setting.entry) for setting in chosen)
    return entries, (Rows("Settings", ("name", "entry rule"), cells),)


def _constraints(network: Network, name: str | None) -> Made:
    if name is not None:
        _known("constraint", name, network.constraints)
    chosen = [constraint for key, constraint in network.constraints.items() if name in (None, key)]
    ruled = {
        constraint.name: [
            (study.name, rule)
            for study in network.studies.values()
            for rule in study.constraints
            if rule.when == constraint.name
        ]
        for constraint in chosen
    }
    entries: dict[str, Mapping[str, object]] = {
        constraint.name: {
            "label": constraint.label,
            "studies": [
                {"study": study, "grade": rule.grade, "reason": rule.reason} for study, rule in ruled[constraint.name]
            ],
        }
        for constraint in chosen
    }
    cells = tuple(
        (
            constraint.name,
            constraint.label,
            "; ".join(f"{study} ({rule.grade})" for study, rule in ruled[constraint.name]) or "no study",
        )
        for constraint in chosen
    )
    return entries, (Rows("Constraints", ("name", "what", "studies"), cells),)
