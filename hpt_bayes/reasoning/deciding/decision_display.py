"""A decision as rows for people: the advice, what is missing before it, the other actions, what would change it."""

from __future__ import annotations

from hpt_bayes.display.numbers import in_sentence, percent, share
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.deciding.decision import ActionRow, Decision
from hpt_bayes.reasoning.deciding.thresholds import Crossing, Threshold

_SHOWN = 7
_LEAST = 0.01
_UTILITY = "Utility is on a scale from 0 (death) to 1 (as well as without the disease); its parts are judged."


def decision_blocks(decision: Decision, *, everything: bool) -> tuple[Rows, ...]:
    """Advice, actions, contraindications and thresholds."""
    foot = (_UTILITY, decision.scope) if decision.actions else (decision.scope,)
    closing = Rows(f"Model {decision.model}", (), (), tuple(text for text in foot if text))
    blocks = [advice_block(decision)]
    if decision.actions:
        blocks.append(_actions(decision, everything))
        blocks.append(_contraindicated(decision))
        blocks.append(_thresholds(decision, everything))
        blocks.append(lines_block("Utilities changed", (f"{k}: {share(v)}" for k, v in decision.changed.items())))
    return (*(block for block in blocks if block.cells), closing)


def advice_block(decision: Decision) -> Rows:
    """The advice, why it may not be the best by utility, how close the next is, and what is missing before it."""
    if not decision.actions:
        return lines_block("Advice", [f"{decision.model.id} has no actions."])
    best = decision.actions[0]
    if decision.advice is None:
        lines = [f"Nothing may be done yet: {'; '.join(best.not_yet)}."]
        return lines_block("Advice", lines)
    advice = decision.row(decision.advice)
    lines = [advice.detail] if advice.detail else []
    lines.append(f"Expected utility {_worth(advice)}; {_case(decision)}.")
    if best is not advice:
        lines.append(f"{best.label} would be worth more ({_worth(best)}), but not yet: {'; '.join(best.not_yet)}.")
        if best.missing:
            lines.append("Before that: " + " ".join(best.missing))
    others = [name for name in decision.ties if name != decision.advice]
    if others:
        labels = "; ".join(decision.labels["action"][name] for name in others)
        lines.append(f"Too close to call, within {share(decision.near_tie)}: {labels}.")
    if advice.missing:
        lines.append("Before it: " + " ".join(advice.missing))
    return lines_block(f"Advice: {advice.label}", lines)


def _case(decision: Decision) -> str:
    """Indication and operative risk the utilities are for."""
    labels = decision.labels["indication"]
    if isinstance(decision.indication, str):
        told = in_sentence(labels[decision.indication])
    else:
        parts = [f"{in_sentence(labels[name])} {percent(p)}" for name, p in decision.indication.items() if p > 0]
        told = f"indication not entered ({', '.join(parts)})"
    return f"{told}; {in_sentence(decision.labels['risk'][decision.risk])}"


def _worth(row: ActionRow) -> str:
    if row.interval is None:
        return share(row.expected_utility)
    return f"{share(row.expected_utility)} ({share(row.interval[0])} to {share(row.interval[1])})"


def _actions(decision: Decision, everything: bool) -> Rows:
    shown = decision.actions if everything else decision.actions[:_SHOWN]
    drawn = any(row.best_share is not None for row in shown)
    cells = []
    for row in shown:
        remarks = [f"not yet: {reason}" for reason in row.not_yet]
        if row.missing:
            remarks.append(f"{len(row.missing)} missing before it")
        texts = (row.label, _worth(row), *((percent(row.best_share),) if drawn else ()), "; ".join(remarks))
        cells.append(texts)
    columns = ("action", "utility", *(("best in",) if drawn else ()), "mind")
    left = len(decision.actions) - len(shown)
    notes = (f"{left} further actions are worth less; --all lists them.",) if left else ()
    if drawn:
        notes = (*notes, "In brackets 5 to 95 % of the draws of the network's numbers; utilities are not drawn.")
    return Rows("Actions by expected utility", columns, tuple(cells), notes, right=frozenset({1, 2} if drawn else {1}))


def _contraindicated(decision: Decision) -> Rows:
    lines = [f"{each.label}: {'; '.join(each.reasons)}." for each in decision.contraindicated]
    return lines_block("Contraindicated", lines)


def _thresholds(decision: Decision, everything: bool) -> Rows:
    """Causes and regions with a fair chance of mattering, most probable first; all on request."""
    rows = [each for each in decision.thresholds if each.below is not None or each.above is not None]
    if not everything:
        rows = [each for each in rows if each.probability >= _LEAST]
    rows.sort(key=lambda each: (each.kind, -each.probability))
    cells = []
    for each in rows:
        label = decision.labels[each.kind][each.of]
        cells.append((label, percent(each.probability), _change(decision, each)))
    title = "Another action would be worth most"
    return Rows(title, ("if", "now", "at"), tuple(cells), right=frozenset({1}))


def _change(decision: Decision, each: Threshold) -> str:
    parts = []
    for word, crossing in (("below", each.below), ("above", each.above)):
        if crossing is not None:
            parts.append(f"{word} {percent(crossing.probability)}: {_label(decision, crossing)}")
    return "; ".join(parts)


def _label(decision: Decision, crossing: Crossing) -> str:
    return decision.labels["action"][crossing.action]
