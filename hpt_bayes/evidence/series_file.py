"""The `series` of a case file: dated readings since an operation, from which the setting is derived."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields

from hpt_bayes.clinical.surveillance_readings import DRUGS, Limits, Reading
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.attributes import checked_date
from hpt_bayes.evidence.case_keys import at_place, check_keys, fault, items_under, names_under, quoting
from hpt_bayes.evidence.series import FromSeries, from_series
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import YamlMap, describe

SERIES = "series"
SERIES_KEYS = ("operation", "renal", "limits", "readings")
_FIGURES = tuple(each.name for each in fields(Reading) if each.name not in ("date", "on"))
READING_KEYS = ("date", *_FIGURES, "on")
LIMIT_KEYS = tuple(each.name for each in fields(Limits))


def series_under(network: Network, document: YamlMap) -> FromSeries | None:
    """Return what the series of a case file says, None when it has none.

    Args:
        network: whose settings are meant.
        document: the case file.

    Raises:
        EvidenceError: with its place: a series beside a setting, a key, date or figure that cannot be accepted, or
            readings that no setting fits.
    """
    if SERIES not in document:
        return None
    at = document.values_at[SERIES]
    if "setting" in document:
        place = document.keys_at["setting"]
        raise fault(place, "expected either a setting or a series it is derived from, found both; leave one out")
    given = document[SERIES]
    if not isinstance(given, YamlMap):
        wanted = "operation: a date, and readings: a list"
        raise fault(at, f"expected a series with {wanted}, found {describe(given)}{quoting(given)}")
    check_keys(given, SERIES_KEYS, "a series")
    operation = _date(given, "operation", "a series")
    renal = given.get("renal", False)
    if not isinstance(renal, bool):
        raise fault(given.values_at["renal"], f"expected renal: true or false, found {describe(renal)}")
    readings = [_reading(item, place) for item, place in items_under(given, "readings")]
    with at_place(at):
        return from_series(network, readings, operation, renal=renal, limits=_limits(given))


def _reading(item: object, at: Place) -> Reading:
    if not isinstance(item, YamlMap):
        wanted = "a reading like {date: 2026-03-01, calcium_mg_dl: 10.9, pth_pg_ml: 90, on: [thiazide]}"
        raise fault(at, f"expected {wanted}, found {describe(item)}")
    check_keys(item, READING_KEYS, "a reading")
    day = _date(item, "date", "a reading")
    on = frozenset(drug for drug in DRUGS if drug in names_under(item, "on", "drug", DRUGS))
    with at_place(at):
        return Reading(day, on=on, **_figures(item, _FIGURES))


def _limits(given: YamlMap) -> Limits:
    found = given.get("limits")
    if found is None:
        return Limits()
    at = given.values_at["limits"]
    if not isinstance(found, YamlMap):
        raise fault(at, f"expected limits like {{calcium_high_mg_dl: 10.2}}, found {describe(found)}")
    check_keys(found, LIMIT_KEYS, "limits")
    with at_place(at):
        return Limits(**_figures(found, LIMIT_KEYS))


def _figures(item: YamlMap, names: tuple[str, ...]) -> Mapping[str, float]:
    figures = {}
    for name in names:
        if name in item:
            value = item[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise EvidenceError(f"expected a number for {name}, found {describe(value)}")
            figures[name] = float(value)
    return figures


def _date(item: YamlMap, name: str, what: str) -> datetime.date:
    with at_place(item.values_at.get(name, item.at)):
        found = checked_date(name, item.get(name))
        if found is None:
            raise EvidenceError(f"expected {name}, a date, in {what}, found none")
        return found
