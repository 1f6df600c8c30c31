"""The ranking as rows for people: the next study with its reason and consequences, then the others."""

from __future__ import annotations

from collections.abc import Sequence

from hpt_bayes.display.numbers import amount, bits, gained, in_sentence, percent, percent_range, ratio, words
from hpt_bayes.display.rows import Rows, lines_block
from hpt_bayes.reasoning.next_study.ranking import Ranking, StudyResult, StudyRow

_RUNNERS_UP = 6
_RESULTS_SHOWN = 6
_LEAST_BITS = 0.005
"""Fewer bits read 0.00."""
_PARTS = {"etiology": "cause", "site": "place"}
_RATINGS = {"usually_appropriate": "usually", "may_be_appropriate": "may be", "usually_not_appropriate": "usually not"}


def opening_blocks(ranking: Ranking) -> tuple[Rows, ...]:
    """The next study, what each result would change, and the runners-up."""
    best = next((row for row in ranking.studies if row.study == ranking.advised), None)
    if best is None:
        return (lines_block("Next study", ["No study of the model can be done now; see the reasons below."]),)
    lines = _why(ranking, best)
    if best.burden is not None:
        lines.append(f"Burden: {_burden(best)}. ACR rating: {_rating(best.acr_rating)}.")
    if best.order_text:
        lines.append(f"Order: {best.order_text}")
    lines += [f"{reason[0].upper()}{reason[1:]}." for reason in best.reasons]
    lines += [*best.sequence, *(caution.text for caution in ranking.cautions if best.study in caution.studies)]
    others = [row for row in ranking.studies if row.feasible and row is not best][:_RUNNERS_UP]
    after = _table("After it", ranking, others)
    title = "Next study, if any" if ranking.best_value is None and best.net_value is not None else "Next study"
    return (lines_block(f"{title}: {_named(ranking, best)}", lines), _consequences(ranking, best), after)


def ranking_blocks(ranking: Ranking, *, everything: bool) -> tuple[Rows, ...]:
    """Next study, the studies that can be done with what they are worth, and why others are not offered."""
    opening = opening_blocks(ranking)
    feasible = [row for row in ranking.studies if row.feasible]
    shown = [row for row in feasible if everything or row.study == ranking.advised or _tells(row)]
    rest = [row for row in feasible if row not in shown]
    premature, done, excluded = (
        [row for row in ranking.studies if row.status == status] for status in ("premature", "done", "excluded")
    )
    order = "best value first" if ranking.best_value else "most informative first"
    listed = [
        _table(f"Studies that can be done now, {order}", ranking, shown, notes=True),
        lines_block("Others, which change no decision and tell next to nothing", _names(ranking, rest)),
        lines_block("Too close to call", (line for group in ranking.ties for line in _group(ranking, group))),
        _reasons("Premature", ranking, premature),
    ]
    if everything:
        listed += [_reasons("Done", ranking, done), _reasons("Not offered", ranking, excluded)]
    listed.append(_minded(ranking, [*feasible, *premature, *(done + excluded if everything else ())]))
    foot = [ranking.scope] if ranking.scope else []
    hidden = len(done) + len(excluded)
    if hidden and not everything:
        foot.insert(0, f"{hidden} studies are done or not offered; --all lists them with the reason.")
    closing = Rows(f"Model {ranking.model}", (), (), tuple(foot))
    return (*opening[:2], *(block for block in listed if block.cells), closing)


def share_block(ranking: Ranking) -> Rows:
    """How often each study is the best next one over draws of the numbers."""
    shares = ranking.draw_shares or {}
    cells = tuple((_label(ranking, name), percent(part)) for name, part in shares.items())
    return Rows("Best next study in this share of the draws", ("study", ""), cells, right=frozenset({1}))


def _why(ranking: Ranking, best: StudyRow) -> list[str]:
    """Why it comes first: worth its burden for the decision, or else most informative."""
    told = f"{bits(best.information_bits)} bits{_parts(best)}"
    if ranking.best_value == best.study:
        gain = f"it gains {ratio(best.index)} times its burden in expected utility"
        if ranking.steps == 2:
            ends = f"(net {gained(best.net_value)}; by itself it gains {gained(best.decision_value)})"
            lines = [f"Best value: with the best second study after each result {gain} {ends}."]
        else:
            lines = [f"Best value: {gain} (gain {gained(best.decision_value)}, net {gained(best.net_value)})."]
        lines.append(f"It tells {told}.")
        if ranking.most_informative not in (None, best.study):
            label = _label(ranking, ranking.most_informative or "")
            lines.append(f"{label} would tell most, but gains less for its burden.")
        return lines
    lines = [f"It tells most of what can be done now: {told}."]
    if ranking.steps == 2:
        lines.append("No study, alone or with a second one, gains enough for the decision to be worth its burden.")
    elif best.net_value is not None:
        some = any(row.decision_value for row in ranking.studies if row.feasible)
        least = "gains enough for the decision to be worth its burden" if some else "changes what is best to do"
        lines.append(f"No study by itself {least}.")
    return lines


def _tells(row: StudyRow) -> bool:
    """Whether a study is worth a line: it may change what is done, or tells more than nothing."""
    return row.worth_doing or bool(row.decision_value) or row.information_bits >= _LEAST_BITS


def _consequences(ranking: Ranking, row: StudyRow) -> Rows:
    """One line a result; what is the same after every result is said once below."""
    shown = row.results[:_RESULTS_SHOWN]
    columns: list[tuple[str, list[str]]] = [
        ("if it shows", [words(result.result.removesuffix(f"@{row.place}")) for result in shown]),
        ("chance", [percent(result.probability) for result in shown]),
    ]
    notes = []
    for kind, texts, chances in _led(ranking, shown):
        if len(set(texts)) == 1 and len(texts) > 1:
            notes.append(f"{kind.capitalize()} after each: {texts[0]}, {percent_range(min(chances), max(chances))}.")
        elif any(texts):
            columns.append((kind, [f"{text} {percent(p)}" for text, p in zip(texts, chances, strict=True)]))
    if len({(result.action, result.then) for result in row.results}) > 1:
        columns.append(("best then", [_best_then(ranking, result) for result in shown]))
    elif row.results and row.results[0].action is not None:
        notes.append(f"Best after each: {_best_then(ranking, row.results[0])}.")
    rest = len(row.results) - len(shown)
    if rest > 0:
        chance = percent(sum(result.probability for result in row.results[_RESULTS_SHOWN:]))
        notes.append(f"{rest} rarer results are left out ({chance} together).")
    cells = tuple(zip(*(texts for _, texts in columns), strict=True))
    headings = tuple(heading for heading, _ in columns)
    return Rows("What each result would change", headings, cells, tuple(notes), right=frozenset({1}))


def _best_then(ranking: Ranking, result: StudyResult) -> str:
    """The action after a result, or the study to go on with."""
    if result.then is not None:
        return f"go on: {in_sentence(_label(ranking, result.then))}"
    return in_sentence(ranking.actions.get(result.action or "", "-"))


def _led(ranking: Ranking, shown: Sequence[StudyResult]) -> list[tuple[str, list[str], list[float]]]:
    """What leads after each result, by kind: its label and probability; a kind the network lacks is left out."""
    found = []
    if any(result.leading_diagnosis for result in shown):
        texts = [ranking.labels.diagnoses.get(result.leading_diagnosis or "", "-") for result in shown]
        found.append(("leading cause", texts, [result.diagnosis_probability or 0.0 for result in shown]))
    if any(result.leading_site for result in shown):
        places = [result.leading_site or "-" for result in shown]
        texts = [ranking.labels.sites.get(place, words(place)) for place in places]
        found.append(("leading place", texts, [result.site_probability or 0.0 for result in shown]))
    return found


def _table(title: str, ranking: Ranking, rows: Sequence[StudyRow], *, notes: bool = False) -> Rows:
    """Bits for everyone; values, cost, dose and rating where the model states them."""
    stated = any(row.burden is not None for row in rows)
    valued = any(row.index is not None for row in rows)
    rated = any(row.acr_rating is not None for row in rows)
    cells = []
    for row in rows:
        cell = [_named(ranking, row), bits(row.information_bits)]
        if valued:
            cell += [gained(row.decision_value), gained(row.net_value), ratio(row.index)]
        if stated:
            cost, dose = (None, None) if row.burden is None else (row.burden.cost_usd, row.burden.dose_msv)
            rating = "-" if row.acr_rating is None else _RATINGS.get(row.acr_rating, words(row.acr_rating))
            cell += [amount(cost), amount(dose), *([rating] if rated else [])]
        cells.append(tuple(cell))
    columns = ("study", "bits", *(("gain", "net", "index") if valued else ()))
    columns += ("USD", "mSv", *(("ACR",) if rated else ())) if stated else ()
    said = []
    if notes and valued:
        ahead = (
            "net and index: of the best two studies that start with it"
            if ranking.steps == 2
            else "--steps 2 adds the best second study after each result"
        )
        said.append(
            "Gain: expected utility from acting on its result. Net: gain less burden. Index: gain for each unit of "
            f"burden ({ahead}). All take the indication for treatment and what is contraindicated as they stand."
        )
    if notes and rated:
        said.append("ACR: how far it is appropriate in this setting.")
    right = range(1, len(columns) - rated)
    return Rows(title, columns, tuple(cells), tuple(said), right=frozenset(right))


def _names(ranking: Ranking, rows: Sequence[StudyRow]) -> tuple[str, ...]:
    return ("; ".join(_label(ranking, row.study) for row in rows) + ".",) if rows else ()


def _group(ranking: Ranking, names: Sequence[str]) -> tuple[str, ...]:
    """A tie as a line; a tie of studies that tell next to nothing is none worth naming."""
    rows = {row.study: row for row in ranking.studies}
    told = [name for name in names if name in rows and _tells(rows[name])]
    return ("; ".join(_label(ranking, name) for name in told),) if len(told) > 1 else ()


def _reasons(title: str, ranking: Ranking, rows: Sequence[StudyRow]) -> Rows:
    """Why studies cannot be done, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        by_reason.setdefault(row.reasons[0], []).append(_label(ranking, row.study))
    return lines_block(title, (f"{'; '.join(labels)}: {reason}." for reason, labels in by_reason.items()))


def _minded(ranking: Ranking, listed: Sequence[StudyRow]) -> Rows:
    """What to mind with the listed studies other than the next one: contrast, cautions, sequence, each said once."""
    lines: dict[str, list[str]] = {}
    others = [row for row in listed if row.study != ranking.advised]
    for row in others:
        label = _label(ranking, row.study)
        if row.feasible and row.burden is not None and row.burden.contrast != "none":
            lines.setdefault(f"{row.burden.contrast} contrast", []).append(label)
        for reason in row.reasons if row.feasible else row.reasons[1:]:
            lines.setdefault(reason.removeprefix("caution: "), []).append(label)
        for text in row.sequence if row.feasible else ():
            lines.setdefault(text, []).append(label)
    for caution in ranking.cautions:
        names = [_label(ranking, row.study) for row in others if row.study in caution.studies]
        if names:
            lines[caution.text] = names
    return lines_block("Mind", (f"{', '.join(names)}: {text.rstrip('.')}." for text, names in lines.items()))


def _parts(row: StudyRow) -> str:
    parts = [f"{_PARTS[name]} {bits(value)}" for name, value in row.information.items() if name in _PARTS]
    return f" ({', '.join(parts)})" if parts else ""


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


def _named(ranking: Ranking, row: StudyRow) -> str:
    """The label, with the place of a puncture."""
    label = _label(ranking, row.study)
    return label if row.place is None else f"{label}, {ranking.labels.sites.get(row.place, words(row.place))}"


def _label(ranking: Ranking, study: str) -> str:
    return ranking.labels.studies.get(study, words(study))
