"""Which unknown variables stand between which studies: conditional independence read off the network's graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hpt_bayes.evidence.interpret import EnteredEvidence
from hpt_bayes.reasoning.compiled import CompiledModel, observed_variables


@dataclass(frozen=True, eq=False)
class Hidden:
    """The moral graph of what is not known with certainty, given everything entered.

    Attributes:
        neighbours: of each unknown variable that evidence or a study concerns.
        known: variables with one possible state.
    """

    neighbours: Mapping[str, frozenset[str]]
    known: frozenset[str]

    def free(self, names: Iterable[str]) -> tuple[str, ...]:
        """The unknown ones of some variables, each once, in order."""
        return tuple(name for name in dict.fromkeys(names) if name not in self.known)

    def components(self, kept: Collection[str]) -> dict[str, int]:
        """What still hangs together once some variables are given.

        Args:
            kept: the given variables.

        Returns:
            Number of the component of every other unknown variable. Two of different components are independent given
            `kept` and the evidence.

        Source:
            Lauritzen, Dawid, Larsen & Leimer 1990, Networks 20:491 (separation in the moral graph).
        """
        found: dict[str, int] = {}
        for number, start in enumerate(self.neighbours):
            if start in kept or start in found:
                continue
            found[start] = number
            waiting = [start]
            while waiting:
                for name in self.neighbours[waiting.pop()]:
                    if name not in kept and name not in found:
                        found[name] = number
                        waiting.append(name)
        return found

    def boundary(self, kept: Sequence[str], components: Mapping[str, int], numbers: Collection[int]) -> tuple[str, ...]:
        """The given variables that touch some components, in the order of `kept`."""
        inside = {name for name, number in components.items() if number in numbers}
        return tuple(name for name in kept if not inside.isdisjoint(self.neighbours.get(name, frozenset())))


def hidden_graph(model: CompiledModel, entered: EnteredEvidence, concerned: Iterable[str]) -> Hidden:
    """The graph of the unknown variables of a case.

    Args:
        model: the compiled network.
        entered: interpreted evidence.
        concerned: variables that questions are about; what neither they nor the evidence depend on is left out.

    Returns:
        The graph.
    """
    core, network = model.core, model.network
    read = [name for item in entered.factors for name in item.scope]
    ends = {*concerned, *observed_variables(entered), *(each.variable for each in entered.likelihoods), *read}
    relevant: set[str] = set()
    for name in ends & set(core.variables):
        relevant |= {name, *network.ancestors(name)}
    known = frozenset({*entered.hard, *(name for name, each in core.variables.items() if each.size == 1)})
    groups = [(*core.variables[name].parents, name) for name in relevant] + [item.scope for item in entered.factors]
    neighbours: dict[str, set[str]] = {name: set() for name in core.variables if name in relevant - known}
    for group in groups:
        free = [name for name in group if name in neighbours]
        for name in free:
            neighbours[name].update(other for other in free if other != name)
    return Hidden({name: frozenset(others) for name, others in neighbours.items()}, known)
