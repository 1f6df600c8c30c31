"""The field of view of a reading: a scan that left the chest out says less about it, and has its own table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.network.assemble import context_of
from hpt_bayes.network.network import Network
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
    spec = variable.spec
    if field is None or field == fields_of_view(variable)[0] or not isinstance(spec, localization.Spec):
        return network.tables[variable.name]
    return localization.field_table(spec, context_of(network, variable.name), field)
