"""The field of view of a reading: a scan that left the chest out says less about it, and has its own table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.assemble import context_of
from hpt_bayes.network.network import Network
from hpt_bayes.network.remembered import remembered
from hpt_bayes.network.tables import localization
from hpt_bayes.network.variables import Variable

NECK = "neck"


def fields_of_view(variable: Variable) -> tuple[str, ...]:
    """Return the fields of view the model has a table for, the usual one first; empty when it does not tell them apart.

    Args:
        variable: a localisation study.
    """
    spec = variable.spec
    if not isinstance(spec, localization.Spec) or spec.field is None:
        return ()
    fields = [spec.field.default]
    if spec.field.neck is not None:
        fields.append(NECK)
    return tuple(dict.fromkeys(fields))


def table_in_field(network: Network, variable: Variable, field: str | None) -> NDArray[np.float64]:
    """Return the table of a localisation study for readings with one field of view.

    Args:
        network: what is believed.
        variable: the study.
        field: one of `fields_of_view(variable)`; None for the usual one.

    Returns:
        Shape (*parents, states).
    """
    if field is None or field == fields_of_view(variable)[0]:
        return network.tables[variable.name]
    return _other_field(network, variable.name, field)


@remembered
def _other_field(network: Network, name: str, field: str) -> NDArray[np.float64]:
    spec = network.variables[name].spec
    assert isinstance(spec, localization.Spec), "only localisation studies have fields of view"
    table = localization.field_table(spec, context_of(network, name), field)
    table.flags.writeable = False
    return table
