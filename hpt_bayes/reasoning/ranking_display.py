"""The ranking as rows for people: the next study with its reason and consequences, then the others."""

from __future__ import annotations

from hpt_bayes.display.numbers import amount, bits, percent, words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.ranking import Ranking, StudyRow

_RUNNERS_UP = 6
_RESULTS_SHOWN = 6


def opening_blocks(ranking: Ranking) -> tuple[Rows, ...]:
    """The next study, what each result would change, and the runners-up."""
    best = next((row for row in ranking.studies if row.study == ranking.most_informative), None)
    if best is None:
        return (lines_block("Next study", ["No study of the model can be done now; see the reasons below."]),)
    label = ranking.labels.studies.get(best.study, best.study)
    lines = [f"It tells most of what can be done now: {bits(best.information_bits)} bits ({_parts(best)})."]
    if best.burden is not None:
        lines.append(f"Burden: {_burden(best)}. ACR rating: {_rating(best.acr_rating)}.")
    if best.order_text:
        lines.append(f"Order: {best.order_text}")
    lines += [reason[0].upper() + reason[1:] + "." for reason in best.reasons]
    lines += [caution.text for caution in ranking.cautions if best.study in caution.studies]
    return (lines_block(f"Next study: {label}", lines), _consequences(ranking, best), _others(ranking, best))


def ranking_blocks(ranking: Ranking, *, everything: bool) -> tuple[Rows, ...]:
    """Next study, the full list of feasible studies, and why others are not offered."""
    opening = opening_blocks(ranking)
    listed = [_studies(ranking, "Studies that can be done now, most informative first", "available")]
    listed.append(_studies(ranking, "Premature", "premature"))
    if everything:
        listed += [_studies(ranking, "Done", "done"), _studies(ranking, "Not offered", "excluded")]
    listed.append(_minded(ranking, everything))
    hidden = sum(row.status in ("done", "excluded") for row in ranking.studies)
    foot = [ranking.scope] if ranking.scope else []
    if hidden and not everything:
        foot.insert(0, f"{hidden} studies are done or not offered; --all lists them with the reason.")
    closing = Rows(f"Model {ranking.model}", (), (), tuple(foot))
    return (*opening[:2], *(block for block in listed if block.cells), closing)


def _consequences(ranking: Ranking, row: StudyRow) -> Rows:
    """One line a result; a network without diagnoses or place has no column for them."""
    columns = ["if it shows", "chance"]
    with_cause = any(result.leading_diagnosis for result in row.results)
    with_place = any(result.leading_site for result in row.results)
    columns += ["leading cause"] * with_cause + ["leading place"] * with_place
    cells = []
    for result in row.results[:_RESULTS_SHOWN]:
        texts = [words(result.result), percent(result.probability)]
        if with_cause:
            cause = ranking.labels.diagnoses.get(result.leading_diagnosis or "", "-")
            texts.append(f"{cause} {percent(result.diagnosis_probability)}")
        if with_place:
            place = ranking.labels.sites.get(result.leading_site or "", words(result.leading_site or "-"))
            texts.append(f"{place} {percent(result.site_probability)}")
        cells.append(tuple(texts))
    rest = len(row.results) - len(cells)
    notes = (f"{rest} rarer results are left out.",) if rest > 0 else ()
    return Rows("What each result would change", tuple(columns), tuple(cells), notes, right=frozenset({1}))


def _others(ranking: Ranking, best: StudyRow) -> Rows:
    rows = [row for row in ranking.studies if row.feasible and row is not best][:_RUNNERS_UP]
    return _table("After it", ranking, rows)


def _studies(ranking: Ranking, title: str, status: str) -> Rows:
    return _table(title, ranking, [row for row in ranking.studies if row.status == status])


def _minded(ranking: Ranking, everything: bool) -> Rows:
    """Pitfalls of the listed studies other than the next one, each said once."""
    listed = [row.study for row in ranking.studies if everything or row.status in ("available", "premature")]
    lines = []
    for caution in ranking.cautions:
        others = [name for name in listed if name in caution.studies and name != ranking.most_informative]
        if others:
            labels = ", ".join(ranking.labels.studies.get(name, name) for name in others)
            lines.append(f"{labels}: {caution.text}")
    return lines_block("Mind", lines)


def _table(title: str, ranking: Ranking, rows: list[StudyRow]) -> Rows:
    """Bits for everyone; burden, rating and remarks where the model states them."""
    stated = any(row.burden is not None for row in rows)
    shared = _shared_reasons(rows)
    cells = []
    for row in rows:
        label = ranking.labels.studies.get(row.study, row.study)
        mind = "; ".join(reason for reason in row.reasons if reason not in shared)
        more = (_burden(row), _rating(row.acr_rating), mind) if stated else ()
        cells.append((label, bits(row.information_bits), *more))
    columns = ("study", "bits", "burden", "ACR rating", "mind") if stated else ("study", "bits")
    notes = tuple(f"{reason[:1].upper()}{reason[1:]}." for reason in shared)
    return Rows(title, columns, tuple(cells), notes, right=frozenset({1}))


def _shared_reasons(rows: list[StudyRow]) -> tuple[str, ...]:
    """Reasons every row of a block has: said once below it instead of in each row."""
    if len(rows) < 2:
        return ()
    return tuple(reason for reason in rows[0].reasons if all(reason in row.reasons for row in rows))


def _parts(row: StudyRow) -> str:
    parts = [f"{name} {bits(value)}" for name, value in row.information.items() if name != "both"]
    return ", ".join(parts)


def _burden(row: StudyRow) -> str:
    if row.burden is None:
        return "-"
    parts = []
    if row.burden.cost_usd is not None:
        parts.append(amount(row.burden.cost_usd, "USD"))
    if row.burden.dose_msv:
        parts.append(amount(row.burden.dose_msv, "mSv"))
    if row.burden.contrast != "none":
        parts.append(f"{row.burden.contrast} contrast")
    return ", ".join(parts) or "none known"


def _rating(rating: str | None) -> str:
    return "none stated" if rating is None else words(rating)


def share_block(ranking: Ranking) -> Rows:
    """How often each study is the best next one over draws of the numbers."""
    shares = ranking.draw_shares or {}
    cells = tuple((ranking.labels.studies.get(name, words(name)), percent(share)) for name, share in shares.items())
    title = "Best next study in this share of the draws"
    return Rows(title, ("study", ""), cells, right=frozenset({1}))
