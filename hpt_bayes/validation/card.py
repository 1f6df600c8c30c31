"""The model card: prose of card.template.md beside the model, every figure in it computed.

The order is that of Model Facts (Sendak 2020) and TRIPOD+AI (Collins 2024).
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hpt_bayes.display.numbers import words
from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.network.counts import BASES, BasisCounts, basis_counts
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.unused import unused_evidence
from hpt_bayes.validation.answers import in_order
from hpt_bayes.validation.shown import digits

TEMPLATE = "card.template.md"
MADE = "Generated from `card.template.md` by `hpt-bayes validate --card`; do not edit."
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
    figures = {"made": MADE, **_of_model(network), **_of_data(network), **_of_report(report)}
    path = Path(network.path) / TEMPLATE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ModelFileError(f"expected the template of the card, found none ({error.strerror})", str(path)) from None
    return _filled(text, figures, path)


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
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EvidenceError(f"{path}: the card cannot be written ({error.strerror})") from None


def _filled(text: str, figures: Mapping[str, str], path: Path) -> str:
    try:
        names = [(before, name) for before, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ModelFileError(f"expected figures in braces, found a brace alone ({error})", str(path)) from None
    done = ""
    for before, name in names:
        done += before
        if name not in figures:
            line = done.count("\n") + 1
            raise ModelFileError(
                f"expected a figure of the card, found {name!r}; {hint(name, figures)}", str(path), line
            )
    return text.format_map(figures)


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


def _of_report(report: Mapping[str, Any]) -> dict[str, str]:
    targets, workflow, prior = report["targets"], report["workflow"], report["prior_sensitivity"]
    scores = report["simulated"]["scores"]
    missed = [each for each in targets["results"] if not each["met"]][:_WORST]
    return {
        "targets": str(targets["encodable"]),
        "targets_met": str(targets["met"]),
        "targets_far": str(targets["missed_by_more_than_three_tolerances"]),
        "not_encodable": str(len(targets["not_encodable"])),
        "worst": "; ".join(f"{each['asks']} ({each['number']})" for each in missed) or "none",
        "workflow": str(workflow["compared"]),
        "workflow_agreed": str(workflow["agreed"]),
        "prior_changed": str(len({each["case"] for each in prior["changed"]})),
        "prior_factors": " or ".join(f"{each:g}" for each in prior["factors"]),
        "cases": str(len(report["published_cases"]["cases"])),
        "case_table": _case_table(report["published_cases"]["cases"]),
        "simulated": str(sum(each["patients"] for each in scores)),
        "brier": ", ".join(
            f"{words(each['setting'])} {digits(each['brier'])} ({digits(each['expected_brier'])})" for each in scores
        ),
    }


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
