"""The model card: prose of card.template.md beside the model, every figure in it computed.

The order is that of Model Facts (Sendak 2020) and TRIPOD+AI (Collins 2024).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from hpt_bayes.display.numbers import words
from hpt_bayes.files import write_whole
from hpt_bayes.network.counts import BASES, BasisCounts, basis_counts
from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.model_text import read_text
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place
from hpt_bayes.reasoning.knowledge.unused import unused_evidence
from hpt_bayes.validation.answers import in_order
from hpt_bayes.validation.shown import digits

TEMPLATE = "card.template.md"
MADE = "Generated from `card.template.md` by `hpt-bayes validate --card`; do not edit."
_FIGURE = re.compile(r"\{(\w*)\}|[{}]")
_WORST = 3


def card_text(network: Network, report: Mapping[str, Any]) -> str:
    """Return the model card as Markdown: no date and no path, so that it changes only with the model.

    Args:
        network: loaded from its folder, which holds card.template.md.
        report: `Validation.to_dict()` of the same network.

    Returns:
        The document.

    Raises:
        EvidenceError: the network was not loaded from a model folder.
        ModelFileError: the template is missing, or asks for a figure there is none of.
    """
    figures = {
        "made": MADE,
        **_of_model(network),
        **_of_data(network),
        **{name: said(report) for name, said in _REPORTED.items()},
    }
    path = Path(network.path) / TEMPLATE
    text = read_text(path)
    _check_template(text, figures, path, STRICT)
    return _FIGURE.sub(lambda found: figures[found[1]], text)


def write_card(network: Network, report: Mapping[str, Any], path: Path) -> None:
    """Write the model card.

    Args:
        network: loaded from its folder, which holds card.template.md.
        report: `Validation.to_dict()` of the same network.
        path: of the file; an existing one is replaced.

    Raises:
        EvidenceError: as `card_text`, or the file cannot be written.
        ModelFileError: as `card_text`.
    """
    text = card_text(network, report)
    write_whole(path, text)


def check_card(network: Network, faults: Faults) -> None:
    """Check that the template of the card asks only for figures there are; a folder without one has nothing to check.

    Args:
        network: loaded from its folder.
        faults: takes an unknown figure and a brace alone, each with its place.
    """
    path = Path(network.path) / TEMPLATE
    if path.exists():
        known = ("made", *_of_model(network), *_of_data(network), *_REPORTED)
        _check_template(read_text(path), known, path, faults)


def _check_template(text: str, known: Collection[str], path: Path, faults: Faults) -> None:
    for found in _FIGURE.finditer(text):
        line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
        at = Place(str(path), line, column)
        if found[1] is None:
            faults(at.error(f"expected a figure in braces, found a brace alone ({found[0]})"))
        elif found[1] not in known:
            faults(at.error(f"expected a figure of the card, found {found[1]!r}; {hint(found[1], known)}"))


def _of_model(network: Network) -> dict[str, str]:
    roles = Counter(each.role for each in network.variables.values())
    return {
        "id": network.id,
        "version": network.version,
        "variables": str(len(network.variables)),
        "roles": ", ".join(f"{count} {words(role)}" for role, count in roles.most_common()),
        "diagnoses": str(len(network.diagnoses)),
        "diagnosis_names": ", ".join(words(each.name) for each in network.diagnoses),
        "sites": str(len(network.sites)),
        "studies": str(len(network.studies)),
        "settings": str(len(network.settings)),
        "setting_names": ", ".join(words(name) for name in network.settings),
        "stops": str(len(network.stop_lines) + sum(each.stop for each in network.cautions)),
        "cautions": str(sum(not each.stop for each in network.cautions)),
    }


def _of_data(network: Network) -> dict[str, str]:
    counts = basis_counts(network)
    total, published = counts[-1], network.evidence_rows.values()
    access = Counter(row.access or "not stated" for row in published)
    return {
        "published": f"{len(published):,}",
        "sources": f"{len({(row.citation, row.year) for row in published}):,}",
        "cited": f"{len(published) - len(unused_evidence(network).rows):,}",
        "access": ", ".join(f"{words(name)} {count:,}" for name, count in access.most_common()),
        "rows": ", ".join(f"{count:,} {basis}" for count, basis in zip(total.rows, BASES, strict=True)),
        "basis_table": _basis_table(counts),
        "from_pools": str(total.from_pools),
        "judged_share": f"{total.numbers[BASES.index('judged')] / sum(total.numbers):.0%}",
    }


def _worst(report: Mapping[str, Any]) -> str:
    missed = [each for each in report["targets"]["results"] if not each["met"]][:_WORST]
    return "; ".join(f"{each['asks']} ({each['number']})" for each in missed) or "none"


def _brier(report: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{words(each['setting'])} {digits(each['brier'])} ({digits(each['expected_brier'])})"
        for each in report["simulated"]["scores"]
    )


def _basis_table(counts: Sequence[BasisCounts]) -> str:
    lines = [
        "| file | rows | measured | derived | judged | pooled rows |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in counts:
        numbers = " | ".join(f"{count:,}" for count in each.numbers)
        lines.append(f"| {each.file} | {sum(each.rows):,} | {numbers} | {each.pooled} |")
    return "\n".join(lines)


def _case_table(cases: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| group | cases | first | first three |", "| --- | ---: | ---: | ---: |"]
    for group in in_order(each["group"] for each in cases):
        ranks = [min(each["ranks"]) for each in cases if each["group"] == group]
        first, three = (sum(rank <= top for rank in ranks) for top in (1, 3))
        lines.append(f"| {group} | {len(ranks)} | {first} | {three} |")
    return "\n".join(lines)


_REPORTED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "targets": lambda report: str(report["targets"]["encodable"]),
    "targets_met": lambda report: str(report["targets"]["met"]),
    "targets_far": lambda report: str(report["targets"]["missed_by_more_than_three_tolerances"]),
    "not_encodable": lambda report: str(len(report["targets"]["not_encodable"])),
    "worst": _worst,
    "workflow": lambda report: str(report["workflow"]["compared"]),
    "workflow_agreed": lambda report: str(report["workflow"]["agreed"]),
    "expected": lambda report: str(report["expectations"]["asked"]),
    "expected_met": lambda report: str(report["expectations"]["agreed"]),
    "size_rows": lambda report: str(len(report["size_fit"]["rows"])),
    "size_residual": lambda report: digits(max(each["residual"] for each in report["size_fit"]["rows"])),
    "prior_changed": lambda report: str(len({each["case"] for each in report["prior_sensitivity"]["changed"]})),
    "prior_factors": lambda report: " or ".join(f"{each:g}" for each in report["prior_sensitivity"]["factors"]),
    "cases": lambda report: str(len(report["published_cases"]["cases"])),
    "case_table": lambda report: _case_table(report["published_cases"]["cases"]),
    "simulated": lambda report: str(sum(each["patients"] for each in report["simulated"]["scores"])),
    "brier": _brier,
}
"""Figures taken from `Validation.to_dict()`, by name."""
