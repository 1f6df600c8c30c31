"""How an answer is known: the numbers behind it, counted by basis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.remembered import remembered
from hpt_bayes.network.tables import kind_of
from hpt_bayes.reasoning.compiled import observed_variables


@remembered
def numbers_of(network: Network, name: str) -> tuple[Number, ...]:
    """The numbers of a variable's table as written in the model file; none for a variable without a written table."""
    spec = network.variables[name].spec
    return () if spec is None else kind_of(spec.kind).numbers(spec)


def count_basis(network: Network, names: Iterable[str]) -> Counter[str]:
    """How many written numbers of some variables are measured, derived and judged; each variable is counted once."""
    total: Counter[str] = Counter()
    for name in names:
        total.update(_counted(network, name))
    return total


@remembered
def _counted(network: Network, name: str) -> Mapping[str, int]:
    return Counter(number.provenance.basis for number in numbers_of(network, name) if number.written)


def basis_line(network: Network, entered: EnteredEvidence) -> str:
    """One sentence: how many of the numbers behind an answer are judged.

    Args:
        network: as loaded.
        entered: what was entered; the numbers are those of its findings, the causes and all their ancestors.

    Returns:
        The sentence; empty for a network without provenance.
    """
    asked = {name for name in observed_variables(entered) if name in network.variables}
    if network.targets is not None:
        asked.add(network.targets.site)
    asked |= {name for row in network.diagnoses for name in row.when.variables}
    behind = set(asked)
    for name in reversed(tuple(network.variables)):
        if name in behind:
            behind.update(network.variables[name].parents)
    counts = count_basis(network, behind)
    total = sum(counts.values())
    return f"{counts['judged']:,} of {total:,} numbers behind this are judged." if total else ""
