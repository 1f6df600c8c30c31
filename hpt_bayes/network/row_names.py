"""What the numbers of a row are called: the row they stand in, and the state or bin each one is for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hpt_bayes.network.variables import Variable


def row_stem(path: str) -> str:
    """Return the part of a number's path that its whole row shares: `rows[3]` of `rows[3].p.none`.

    Args:
        path: of a number inside its table.
    """
    found = re.match(r"^(.*?\[\d+\])", path)
    return found.group(1) if found else path.split(".p.")[0].removesuffix(".p").removesuffix(".value")


def figure_name(variable: Variable, path: str) -> str:
    """Return the name of a number inside its row: a state, a bin such as `<1.8`, or nothing for the only number.

    Args:
        variable: of the table.
        path: of the number inside the table.
    """
    name = path.removeprefix(row_stem(path)).lstrip(".").removeprefix("p.").removeprefix("odds.")
    if not name.isdigit():
        return "" if name in ("p", "value") else name
    at = int(name)
    edges: Sequence[float] = getattr(variable.spec, "edges", None) or ()
    if not edges:
        return variable.states[at]
    if at == 0:
        return f"<{edges[0]:g}"
    return f">={edges[-1]:g}" if at == len(edges) else f"{edges[at - 1]:g}-{edges[at]:g}"
