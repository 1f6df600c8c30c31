"""Case files: one patient as YAML. Every fault is said with file, line and column, what was expected and what found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpt_bayes.errors import EvidenceError, ModelFileError
from hpt_bayes.evidence.attributes import ATTRIBUTES, checked_attributes, checked_date
from hpt_bayes.evidence.case_keys import at_place, check_keys, fault, items_under, names_under, quoting, text_under
from hpt_bayes.evidence.case_text import case_text
from hpt_bayes.evidence.finding import Finding, finding_named
from hpt_bayes.evidence.intervention import intervened
from hpt_bayes.evidence.number import known_unit
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.evidence.series import FromSeries
from hpt_bayes.evidence.series_file import SERIES, series_under
from hpt_bayes.evidence.site import sites_named
from hpt_bayes.files import path_of, write_whole
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import YamlMap, describe, parse_yaml

CASE_KEYS = ("case", "setting", "notes", "constraints", "unavailable", "retracted", "after", SERIES, "findings")
ENTRIES = ("value", "result", "any_of", "likelihood")
_LARGEST = 1 << 23
FINDING_KEYS = ("finding", *ENTRIES, "unit", "upper_limit", "site", "date", *ATTRIBUTES)


@dataclass(frozen=True)
class CaseFile:
    """What a case file says.

    Attributes:
        name: of the case.
        settings: the setting, or several it may be; empty for a foreign network.
        constraints: conditions that rule studies out.
        unavailable: studies this centre cannot do.
        notes: free text, never used.
        observations: in order of the file.
        retracted: names that the setting would enter and that were taken back.
        after: what was changed before measuring again, (finding, state) pairs.
        said: what a series says that the setting was derived from; sentences.
    """

    name: str
    settings: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    notes: str = ""
    observations: tuple[Observation, ...] = ()
    retracted: tuple[str, ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()


def load_case_file(network: Network, path: str | Path, examples: Iterable[str] = ()) -> CaseFile:
    """Read a case file.

    Args:
        network: what is believed; names are checked against it.
        path: of the file.
        examples: names of example cases, offered when there is no such file.

    Returns:
        The case.

    Raises:
        EvidenceError: the file is missing, a folder, unreadable, too large or not acceptable; with file, line, column.
    """
    path = path_of(path)
    try:
        if path.is_dir():
            raise EvidenceError(f"{path}: expected a case file, found a folder")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        names = tuple(examples)
        near = f"; or an example case, {hint(path.stem, names)}" if names else ""
        raise EvidenceError(f"{path}: expected a case file, found none{near}") from None
    except OSError as error:
        raise EvidenceError(f"{path}: the case file cannot be read ({error.strerror})") from None
    if len(data) > _LARGEST:
        raise EvidenceError(f"{path}: expected a case file of at most {_LARGEST >> 20} MB, found more")
    return parse_case(network, data, str(path), path.stem)


def parse_case(network: Network, data: bytes | str, file: str = "case", name: str = "") -> CaseFile:
    """Read the text of a case file.

    Args:
        network: what is believed.
        data: UTF-8 bytes, or text.
        file: how to name the file in messages.
        name: of the case when the file gives none.

    Returns:
        The case.

    Raises:
        EvidenceError: the text cannot be accepted; with file, line and column.
    """
    try:
        document = parse_yaml(data.encode() if isinstance(data, str) else data, file)
    except ModelFileError as error:
        raise EvidenceError(str(error)) from None
    check_keys(document, CASE_KEYS, "a case")
    listed = items_under(document, "findings")
    after = _changes(network, document)
    network = intervened(network, dict(after)) if after else network
    series = series_under(network, document)
    return CaseFile(
        text_under(document, "case") if "case" in document else name,
        _settings(network, document) if series is None else series.settings,
        names_under(document, "constraints", "constraint", network.constraints),
        names_under(document, "unavailable", "study", network.studies),
        _notes(document, series),
        (
            *(() if series is None else series.observations),
            *(_observation(network, item, at) for item, at in listed),
        ),
        names_under(document, "retracted", "retracted finding", _retractable(network)),
        after,
        () if series is None else series.said,
    )


def write_case(case: CaseFile, path: str | Path) -> None:
    """Write a case file that `load_case_file` reads back.

    Args:
        case: to write.
        path: of the file; an existing one is replaced.

    Raises:
        EvidenceError: the file cannot be written.
    """
    text = case_text(
        case.name,
        case.settings,
        case.constraints,
        case.unavailable,
        case.notes,
        case.observations,
        case.retracted,
        case.after,
    )
    write_whole(path, text)


def _observation(network: Network, item: object, at: Place) -> Observation:
    if not isinstance(item, YamlMap):
        raise fault(at, f"expected a finding like {{finding: pth, value: 95, unit: pg/mL, upper_limit: 65}}, "
                         f"found {describe(item)}")  # fmt: skip
    check_keys(item, FINDING_KEYS, "a finding")
    if "finding" not in item:
        raise fault(item.at, "expected the name of the finding under `finding`, found none")
    places = item.values_at
    given = [key for key in ENTRIES if key in item]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise fault(item.keys_at[given[1]] if given else item.at,
                     f"expected exactly one of {', '.join(ENTRIES)}, found {found}")  # fmt: skip
    for key, value in item.items():
        if value is None or isinstance(value, bool):
            raise fault(places[key], f"expected a value for {key}, found {describe(value)}{quoting(value)}")
    with at_place(places["finding"]):
        finding = finding_named(network, item["finding"])
    with at_place(places.get("date", at)):
        checked_date(finding.name, item.get("date"))
    attributes = {key: item[key] for key in ATTRIBUTES if key in item}
    for key, value in attributes.items():
        with at_place(places[key]):
            checked_attributes(finding, {key: value})
    if "unit" in item and finding.numeric:
        with at_place(places["unit"]):
            known_unit(finding, item["unit"])
    if "site" in item and finding.sites:
        with at_place(places["site"]):
            sites_named(network, finding.name, item["site"])
    key = given[0]
    with at_place(places[key]):
        made = observation(
            network,
            item["finding"],
            _entry(finding, item, key),
            item.get("unit"),
            upper_limit=item.get("upper_limit"),
            site=item.get("site"),
            any_of=item.get("any_of"),
            likelihood=item.get("likelihood"),
            date=item.get("date"),
            **attributes,
        )
        _check_kind(key, made)
    return made


def _entry(finding: Finding, item: YamlMap, key: str) -> Any:
    """The value or result, checked for what each of the two keys may hold."""
    if key not in ("value", "result"):
        return None
    found = item[key]
    if key == "result" and not isinstance(found, str) and (finding.numeric or not isinstance(found, int)):
        raise EvidenceError(
            f"{finding.name}: expected a state under result, found {describe(found)}; numbers go under value"
        )
    return found


def _check_kind(key: str, made: Observation) -> None:
    if key == "value" and not made.numeric and made.result is not None and not made.result[:1].isdecimal():
        raise EvidenceError(
            f"{made.finding}: expected a number under value, found {made.text!r}; states go under result"
        )
    if key == "result" and made.numeric:
        raise EvidenceError(
            f"{made.finding}: expected a state under result, found {made.text!r}; numbers go under value"
        )


def _settings(network: Network, document: YamlMap) -> tuple[str, ...]:
    if "setting" not in document:
        if network.settings:
            raise fault(document.at, f"expected a setting, found none; one of {', '.join(network.settings)}")
        return ()
    at = document.values_at["setting"]
    if not network.settings:
        raise fault(at, f"{network.id} has no settings; leave setting out")
    given = document["setting"]
    if isinstance(given, YamlMap):
        check_keys(given, ("any_of",), "a setting")
        return names_under(given, "any_of", "setting", network.settings, least=1)
    if not isinstance(given, str):
        wanted = "one setting, or any_of: [persistent, recurrent]"
        raise fault(at, f"expected {wanted}, found {describe(given)}{quoting(given)}")
    if given not in network.settings:
        raise fault(at, f"unknown setting {given!r}; {hint(given, network.settings)}")
    return (given,)


def _notes(document: YamlMap, series: FromSeries | None) -> str:
    """The notes, with what a series says: a saved case keeps the setting, not the series."""
    own = text_under(document, "notes")
    return own if series is None else " ".join((*((own,) if own else ()), *series.said))


def _changes(network: Network, document: YamlMap) -> tuple[tuple[str, str], ...]:
    """What was changed before measuring again, each checked at its place."""
    given = document.get("after")
    if given is None:
        return ()
    if not isinstance(given, YamlMap):
        wanted = "what was changed, like {thiazide_now: absent}"
        raise fault(document.values_at["after"], f"expected {wanted}, found {describe(given)}{quoting(given)}")
    for name, state in given.items():
        with at_place(given.values_at[name]):
            intervened(network, {name: state})
    with at_place(given.at):
        intervened(network, given)
    return tuple(given.items())


def _retractable(network: Network) -> tuple[str, ...]:
    return () if network.case_definition is None else (network.case_definition.name,)
