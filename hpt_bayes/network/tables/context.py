"""What a table kind may look at while it turns a table as written into an array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.analytes import Analyte
from hpt_bayes.network.faults import STRICT, Faults
from hpt_bayes.network.sites import Site
from hpt_bayes.network.variables import Variable


@dataclass(frozen=True)
class TableContext:
    """Everything around one table.

    Args:
        variable: the child.
        parents: in table order.
        variables: all variables of the network, by name.
        tables: expanded tables of the ancestors, (*parents, child) each.
        sites: the places a gland can be at, by name, in file order.
        site_groups: group name -> sites.
        floor: smallest probability of a finding's row.
        faults: takes faults; raising a ModelFileError is fine as well.
        analytes: by name, for rows that were published for their readings.
    """

    variable: Variable
    parents: tuple[Variable, ...]
    variables: Mapping[str, Variable]
    tables: Mapping[str, NDArray[np.float64]]
    sites: Mapping[str, Site] = field(default_factory=dict)
    site_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    floor: float = 0.0
    faults: Faults = STRICT
    analytes: Mapping[str, Analyte] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the parents' axes."""
        return tuple(parent.size for parent in self.parents)
