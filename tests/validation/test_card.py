"""The model card: what the committed file says is what the model says, and no figure in it is typed."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from packaged import network

import hpt_bayes as hpt
from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.validation.card import TEMPLATE, card_text, write_card

MODEL = Path(__file__).parents[2] / "models" / "hyperparathyroidism"


class Report(Protocol):
    data: dict[str, Any]
    markdown: str


def test_the_committed_card_is_what_the_model_says(report: Report) -> None:
    today = card_text(network(), report.data)
    command = "run: hpt-bayes validate --card models/hyperparathyroidism/card.md"
    assert (MODEL / "card.md").read_text(encoding="utf-8") == today, command


def test_the_card_follows_the_order_of_model_facts(report: Report) -> None:
    sections = re.findall(r"^## (.*)$", card_text(network(), report.data), re.MULTILINE)
    assert sections == [
        "Summary", "Mechanism", "Data", "Validation and performance", "Uses and directions", "Limits",
        "What would make it wrong", "Warnings", "Other information",
    ]  # fmt: skip


def test_the_template_types_no_figure() -> None:
    text = (MODEL / TEMPLATE).read_text(encoding="utf-8").split("The order follows")[0]
    assert re.findall(r"\d+", re.sub(r"\{\w+\}", "", text)) == ["0", "5"], "the continuity correction is the only one"


def test_the_card_counts_what_the_report_counts(report: Report) -> None:
    text = card_text(network(), report.data)
    targets = report.data["targets"]
    assert f"{targets['met']} of {targets['encodable']} met" in text
    for group in {each["group"] for each in report.data["published_cases"]["cases"]}:
        own = [each for each in report.data["published_cases"]["cases"] if each["group"] == group]
        first = sum(min(each["ranks"]) == 1 for each in own)
        assert f"| {group} | {len(own)} | {first} |" in text


@pytest.fixture
def copied(tmp_path: Path) -> hpt.Network:
    """The packaged network as if loaded from a folder with nothing but the template and one file."""
    for name in (TEMPLATE, "network.yaml"):
        shutil.copy(MODEL / name, tmp_path / name)
    return replace(network(), path=str(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{version}", "{verson}", "found 'verson'; nearest valid name: 'version'"),
        ("{version}", "{version", "found a brace alone"),
    ],
)  # fmt: skip
def test_a_wrong_template_is_refused(report: Report, copied: hpt.Network, old: str, new: str, says: str) -> None:
    path = Path(copied.path) / TEMPLATE
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ModelFileError, match=re.escape(says)):
        card_text(copied, report.data)


def test_a_model_without_a_template_is_refused(report: Report, copied: hpt.Network) -> None:
    (Path(copied.path) / TEMPLATE).unlink()
    with pytest.raises(ModelFileError, match=r"card.template.md: expected a readable model file, found none"):
        card_text(copied, report.data)


def test_a_card_that_cannot_be_written_is_refused(report: Report, copied: hpt.Network, tmp_path: Path) -> None:
    write_card(copied, report.data, tmp_path / "card.md")
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == card_text(copied, report.data)
    with pytest.raises(EvidenceError, match="cannot write"):
        write_card(copied, report.data, tmp_path)
