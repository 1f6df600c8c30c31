"""What a learner believes, as committed: read from a line such as `60 ectopic, 25 fhh`, or given by name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint, nearest

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)%?")
_EXAMPLE = "write per cents with names, e.g. 60 ectopic, 25 fhh"


@dataclass(frozen=True)
class Forecast:
    """Committed probabilities.

    Attributes:
        causes: P(diagnosis is true), every diagnosis that may lead; rows may overlap.
        regions: P(the gland is in the region), every region; empty where no place was committed.
    """

    causes: Mapping[str, float]
    regions: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Both, unrounded."""
        return {"causes": dict(self.causes), "regions": dict(self.regions)}


def probabilities(
    given: str | Mapping[str, float], labels: Mapping[str, str], *, one: bool = False
) -> Mapping[str, float]:
    """Read what a learner believes.

    Args:
        given: per cents with names, `60 ectopic, 25 fhh`, where names may be shortened while they fit one row; or
            probabilities 0 to 1 by name.
        labels: words for people by name of every row.
        one: exactly one row is true, so that they are at most 100 % together; else rows may overlap.

    Returns:
        P(row) of every row: what is left to 100 % is shared evenly among the rows not named.

    Raises:
        EvidenceError: what is not understood, an unknown name, a number outside its range, or more than 100 % in all;
            one line that says what is wanted.
    """
    named = _read(given, labels) if isinstance(given, str) else _checked(given, labels)
    total = math.fsum(named.values())
    if one and total > 1.0 + 1e-9:
        raise EvidenceError(f"only one can be true: expected at most 100 % in all, found {100 * total:g} %")
    left = max(0.0, 1.0 - total)
    others = [name for name in labels if name not in named]
    return MappingProxyType({name: named[name] if name in named else left / len(others) for name in labels})


def _checked(given: Mapping[str, float], labels: Mapping[str, str]) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise EvidenceError(f"expected probabilities by name, found {given!r}; {_EXAMPLE}")
    if not given:
        raise EvidenceError(f"nothing is given; {_EXAMPLE}")
    for name, probability in given.items():
        if name not in labels:
            raise EvidenceError(f"unknown name {name!r}; {hint(name, labels)}")
        if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0.0 <= probability <= 1.0:
            raise EvidenceError(f"expected a probability between 0 and 1 for {name}, found {probability!r}")
    return given


def _read(text: str, labels: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    items = [item.strip() for item in re.split(r"[,;\n]", text) if item.strip()]
    if not items:
        raise EvidenceError(f"nothing is given; {_EXAMPLE}")
    parts = [_parts(item) for item in items]
    sure = {words: fits[0] for _, words in parts if len(fits := _fitting(words, labels)) == 1}
    for number, words in parts:
        open_rows = {name: label for name, label in labels.items() if name not in sure.values()}
        name = sure.get(words) or row_named(words, open_rows if _fitting(words, open_rows) else labels)
        if name in found:
            raise EvidenceError(f"{labels[name]} is given twice; name each row once")
        if not 0 <= number <= 100:
            raise EvidenceError(f"expected 0 to 100 per cent for {words}, found {number:g}")
        found[name] = number / 100
    if 0 < max(found.values()) < 0.01:
        raise EvidenceError("these are fractions; write per cent, e.g. 60 and not 0.6")
    return found


def _parts(item: str) -> tuple[float, str]:
    """The number and the words of `60 ectopic`, `60% ectopic` or `ectopic 60`."""
    words = item.replace("=", " ").replace(":", " ").replace("%", " % ").split()
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    names = [word for word in words if word != "%" and not _NUMBER.fullmatch(word)]
    if len(numbers) != 1 or not names:
        raise EvidenceError(f"{item!r} is not understood; {_EXAMPLE}")
    return float(numbers[0]), " ".join(names)


def row_named(words: str, labels: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})) -> str:
    """The row a learner means.

    Args:
        words: its name, its label, or the beginnings of words that occur in one row only.
        labels: words for people by name.
        also: other words by name, which count where no label fits.

    Returns:
        The name.

    Raises:
        EvidenceError: no row, or several, fit.
    """
    fits = _fitting(words, labels) or _fitting(words, also)
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise EvidenceError(f"{words!r} fits {_listed([labels[name] for name in fits])}; write more of it")
    near = nearest(words, labels.values())
    meant = f"do you mean {near}?" if near is not None else f"expected one like {next(iter(labels.values()))}"
    raise EvidenceError(f"{words!r} is not a name here; {meant}")


def _fitting(words: str, labels: Mapping[str, str]) -> list[str]:
    """The rows that words may mean: the one of that name or label, else those whose words begin like them."""
    wanted = _plain(words)
    for name, label in labels.items():
        if wanted in (_plain(name), _plain(label)):
            return [name]
    return [name for name, label in labels.items() if _begins(wanted, [*_plain(name), *_plain(label)])]


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _begins(wanted: Sequence[str], known: Sequence[str]) -> bool:
    return bool(wanted) and all(any(word.startswith(each) for word in known) for each in wanted)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
