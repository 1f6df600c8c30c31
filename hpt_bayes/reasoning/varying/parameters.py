"""Every number as written in the model files as a parameter, and the tables that changed numbers make.

The interface for everything that varies numbers (draws, sensitivity, provenance):

- `parameters(network, names)` lists the numbers of some variables; `relevant(model, entered)` names the variables
  whose numbers bear on a case.
- `written(network, name)` is the row (n,) of a variable's numbers; `with_number(network, parameter, to)` gives (D, n)
  versions of it with one number changed and the rest of its row scaled in proportion.
- `tables_with(model, values)` turns `values: Mapping[variable -> (D, n)]` into `Mapping[engine variable -> array
  (D, *cards of parents, card)]`, ready for `engine.propagate(tables=...)`. Tables that depend on a changed one (solved
  intercepts, rows written given a confirmed case) come with it.
- `evidence_with(model, entered, values, tables)` is the evidence with every message that was computed from a changed
  table (repeated readings, another field of view, a finding about one place) computed again.

A number that no draw changes (spread of a measurement, correlation of readings, floor) is no parameter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.provenance import Number
from hpt_bayes.network.variables import Place
from hpt_bayes.network.yaml_reader import describe
from hpt_bayes.reasoning.basis import numbers_of
from hpt_bayes.reasoning.knowledge.written_rows import in_words
from hpt_bayes.reasoning.relevant import relevant
from hpt_bayes.reasoning.varying.drawn_tables import Array, evidence_with, require_written, tables_with

__all__ = [
    "Parameter",
    "evidence_with",
    "parameter_named",
    "parameters",
    "relevant",
    "row_of",
    "tables_with",
    "with_number",
    "written",
]


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    Attributes:
        variable: whose table it stands in.
        position: among the numbers of that table, in file order.
        number: value, family of its distribution, size or range, and provenance.
    """

    variable: str
    position: int
    number: Number

    @property
    def name(self) -> str:
        """`variable:path`, as the command line takes it."""
        return f"{self.variable}:{self.number.path}"

    @property
    def value(self) -> float:
        """As written."""
        return self.number.value

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.number.place

    def in_words(self, network: Network) -> str:
        """What the number says, for people."""
        return in_words(network.variables[self.variable], self.number.path)

    @property
    def free(self) -> bool:
        """Whether it can vary: a share of 0 or 1 in a row is a structural statement, and so is a multiplier of 0."""
        if self.number.family in ("dirichlet", "beta", "ordinal", "logit_normal"):
            return 0.0 < self.value < 1.0
        return self.number.family == "normal" or self.value > 0.0


def parameters(network: Network, names: Iterable[str] | None = None) -> tuple[Parameter, ...]:
    """The numbers of some variables.

    Args:
        network: as loaded.
        names: variables; all when None.

    Returns:
        In the order of the variables and of the file; states that only take the rest of a row are left out.

    Raises:
        EvidenceError: a network of another program, which says nothing about its numbers; an unknown variable.
    """
    require_written(network)
    found = []
    for name in network.variables if names is None else names:
        if name not in network.variables:
            raise EvidenceError(f"unknown variable {name!r}; {hint(name, network.variables)}")
        found += [
            Parameter(name, position, number)
            for position, number in enumerate(numbers_of(network, name))
            if number.written
        ]
    return tuple(found)


def parameter_named(network: Network, name: str) -> Parameter:
    """A parameter by `variable:path`.

    Raises:
        EvidenceError: no name, no such variable or path, with the nearest valid one; a network of another program.
    """
    if not isinstance(name, str):
        raise EvidenceError(f"expected the name of a number, variable:path, found {describe(name)}")
    variable, _, path = name.partition(":")
    known = {each.number.path: each for each in parameters(network, [variable])}
    if path not in known:
        near = hint(path, known) if known else "it has no numbers of its own"
        raise EvidenceError(f"{variable} has no number {path!r}; {near}")
    return known[path]


def written(network: Network, name: str) -> Array:
    """The numbers of a variable as written, shape (n,), the rests of rows included."""
    return np.array([number.value for number in numbers_of(network, name)])


def row_of(network: Network, parameter: Parameter) -> NDArray[np.intp]:
    """Positions of the numbers that form one distribution with a parameter, its own included."""
    numbers = numbers_of(network, parameter.variable)
    if parameter.number.family not in ("dirichlet", "ordinal"):
        return np.array([parameter.position])
    return np.array([i for i, each in enumerate(numbers) if each.row == parameter.number.row])


def with_number(network: Network, parameter: Parameter, to: Array) -> Array:
    """The numbers of a variable with one of them changed.

    Args:
        network: as loaded.
        parameter: to change.
        to: its values, shape (D,).

    Returns:
        (D, n). The rest of a distribution is scaled so that it still sums to one (proportional co-variation); a rest
        that no number is written for needs none.

    Raises:
        EvidenceError: a value outside what the number can be; a share of 1 whose rest is all zero.

    Source: Laskey 1995; Chan & Darwiche 2002 (why proportional).
    """
    changed = np.repeat(written(network, parameter.variable)[None], len(to), axis=0)
    _check_values(parameter, to)
    row = row_of(network, parameter)
    others = row[row != parameter.position]
    changed[:, parameter.position] = to
    if len(others):
        total = changed[0, others].sum()
        whole = changed[0, others].sum() + parameter.value
        if whole > 1.0 - 1e-6:  # a rest that is implied takes its part by itself
            if total <= 0.0:
                raise EvidenceError(f"{parameter.name} is 1 and the rest of its row 0: it cannot vary")
            changed[:, others] *= ((1.0 - to) / total)[:, None]
        else:
            changed[:, others] *= ((1.0 - to) / (1.0 - parameter.value))[:, None]
    return changed


def _check_values(parameter: Parameter, to: Array) -> None:
    family = parameter.number.family
    share = family in ("dirichlet", "beta", "ordinal", "logit_normal")
    low, high = (-np.inf if family == "normal" else 0.0), (1.0 if share else np.inf)
    if not np.isfinite(to).all() or (to < low).any() or (to > high).any():
        worst = to[~(np.isfinite(to) & (to >= low) & (to <= high))][0]
        expected = "between 0 and 1" if share else "of 0 or more" if low == 0.0 else "that is finite"
        raise EvidenceError(f"{parameter.name}: expected a number {expected}, found {worst:g}")
