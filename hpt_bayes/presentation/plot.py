"""`plot(result)`: the one door to every picture of a result."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from hpt_bayes.errors import HptBayesError
from hpt_bayes.network.nearest import hint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Result class -> kind of picture -> where it is drawn; the first kind is the usual one.
_PICTURES: Mapping[str, Mapping[str, str]] = {
    "Posterior": {"causes": "bars:draw_causes", "place": "neck_map:draw_places"},
}


def plot(result: object, ax: Axes | None = None, *, kind: str | None = None) -> Axes:
    """Draw a result.

    Args:
        result: what a question returned, e.g. a posterior.
        ax: axes to draw on; new ones when None.
        kind: which picture, where a result has several ("causes" or "place" of a posterior); the usual one when None.

    Returns:
        The axes; `ax.figure.savefig("case.svg")` writes them, and `ax.get_gid()` is their alt text.

    Raises:
        HptBayesError: for something that has no picture, an unknown kind, or when matplotlib is not installed.
    """
    kinds = _PICTURES.get(type(result).__name__)
    if kinds is None:
        drawable = ", ".join(_PICTURES)
        raise HptBayesError(f"there is no picture of a {type(result).__name__}; pictures exist of {drawable}")
    chosen = next(iter(kinds)) if kind is None else kind
    if chosen not in kinds:
        raise HptBayesError(f"unknown kind of picture {chosen!r}; {hint(chosen, kinds)}")
    module, name = kinds[chosen].split(":")
    drawn: Axes = getattr(import_module(f"hpt_bayes.presentation.{module}"), name)(result, ax)
    return drawn
