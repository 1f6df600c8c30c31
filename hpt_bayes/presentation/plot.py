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
    "Course": {"causes": "course:draw_course"},
    "Ranking": {"studies": "studies:draw_studies"},
    "Plan": {"tree": "plan_tree:draw_plan"},
    "Bundles": {"gain": "bundles:draw_bundles"},
    "Decision": {"actions": "actions:draw_actions"},
    "Explanation": {"weights": "waterfall:draw_weights"},
    "Contrast": {"causes": "before_after:draw_changed_causes", "place": "before_after:draw_changed_places"},
    "Conflict": {"without": "agreement:draw_conflict", "pairs": "agreement:draw_pairs"},
    "Sensitivity": {"tornado": "numbers_varied:draw_tornado"},
    "OneWay": {"curve": "numbers_varied:draw_one_way"},
    "TwoWay": {"surface": "numbers_varied:draw_two_way"},
    "Inverse": {"values": "turning_points:draw_inverse"},
    "Stopping": {"same decision": "turning_points:draw_stopping"},
    "Uncertainty": {
        "causes": "intervals:draw_cause_intervals",
        "place": "intervals:draw_place_intervals",
        "studies": "intervals:draw_study_shares",
    },
    "PolicyComparison": {"accuracy": "policies:draw_policies"},
    "IopthSamples": {"course": "pth_curves:draw_samples"},
    "PthCurve": {"curve": "pth_curves:draw_set_points"},
}


def plot(result: object, ax: Axes | None = None, *, kind: str | None = None) -> Axes:
    """Draw a result.

    Args:
        result: what a question returned, e.g. a posterior.
        ax: axes to draw on; new ones when None.
        kind: which picture, where a result has several ("causes" or "place" of a posterior); the usual one when None.

    Returns:
        The axes; `save_picture(ax, "case.svg")` writes them with their alt text, which is `ax.get_gid()`.

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
