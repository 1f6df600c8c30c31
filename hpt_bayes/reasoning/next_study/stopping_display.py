"""Whether to stop, as rows for people."""

from __future__ import annotations

from hpt_bayes.display.numbers import gained, in_sentence, percent, percent_range, share
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.next_study.stopping import Stopping


def stopping_blocks(stopping: Stopping) -> tuple[Rows, ...]:
    """The answer, and the model."""
    return answer_block(stopping), Rows(f"Model {stopping.model}", (), (), (stopping.scope,) if stopping.scope else ())


def answer_block(stopping: Stopping) -> Rows:
    """The answer with its reasons; also shown below a decision and a plan."""
    action = in_sentence(stopping.labels["action"].get(stopping.action, stopping.action))
    names, left_out = (
        "; ".join(in_sentence(stopping.labels["study"].get(name, name)) for name in listed)
        for listed in (stopping.studies, stopping.left_out)
    )
    lines = []
    if stopping.nothing_pays:
        lines.append("No study, alone or with a second one, gains more than it burdens.")
    else:
        lines.append(f"The best two studies gain {gained(stopping.best_net)} more than they burden.")
    if names:
        drawn = "" if stopping.exact else f", from {stopping.draws:,} draws of their results"
        same, regret = percent(stopping.same_decision), gained(stopping.regret)
        if stopping.same_decision_interval is not None and stopping.regret_interval is not None:
            same = f"{same} ({percent_range(*stopping.same_decision_interval)})"
            regret = f"{regret} ({' to '.join(gained(end) for end in stopping.regret_interval)})"
        lines.append(f"Studies in question: {names}.")
        lines.append(
            f"After all of them the best action would still be the same ({action}) in {same}, and acting without them "
            f"costs {regret} in expected utility{drawn}, as far as indication, risk and contraindications stay as they "
            "are."
        )
    if left_out:
        lines.append(f"Not among them, though worth doing: {left_out}.")
    lines.append(
        "Studies stop when none pays, or when the action would stay the same with at least "
        f"{percent(stopping.least_same_decision)} and acting now costs at most {share(stopping.most_regret)}."
    )
    if not stopping.may_act:
        lines.append(f"Stopping studies does not free the way: {'; '.join(stopping.not_yet)}.")
    return lines_block(f"Are we done? {'Yes' if stopping.stop else 'Not yet'}", lines)
