"""The ACR-guided workflows as a policy: which studies, in which order, and when to stop.

Source: the ACR-guided articles on the first imaging of secondary hyperparathyroidism and on imaging in persistent or
recurrent primary hyperparathyroidism; ratings as read in studies.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable

from hpt_bayes.policies.view import View

_FIRST = ("records_review", "urine_collection_24h")
_FUNCTIONAL, _DYNAMIC, _SOUND = "sestamibi_spect_ct", "ct_4d", "ultrasound"


def acr_workflow(view: View) -> str | None:
    """What the workflow of the setting orders next, or None when it is done.

    Reoperative settings: the records of the operation; the urine collection that excludes FHH, since the article begins
    with a confirmed diagnosis and the text on reoperation with this test; sestamibi SPECT/CT and 4D-CT. Both in one
    place: stop. Both without a focus: venous sampling. One without, or two places: MRI with contrast.

    Before an operation: ultrasound; where it does not show the glands, SPECT/CT.

    Scans are ordered only where the ACR rates them appropriate in the setting; a setting without a rated scan has no
    workflow, and nothing is ordered.

    Args:
        view: what is known.
    """
    network = view.model.network
    if network.settings[view.setting].reoperative:
        return _before_reoperation(view)
    return _before_first_operation(view)


def _before_first_operation(view: View) -> str | None:
    """Ultrasound first; a negative, equivocal or impossible one is followed by SPECT/CT where it is rated."""
    if _rated(view, _SOUND) and view.can_order(_SOUND):
        return _SOUND
    if localised(view, _SOUND):
        return None
    return _next(view, (_FUNCTIONAL,))


def _before_reoperation(view: View) -> str | None:
    scans = [name for name in (_FUNCTIONAL, _DYNAMIC) if _rated(view, name)]
    if not scans:
        return None
    for first in _FIRST:
        if view.can_order(first):
            return first
    planned = _next(view, scans)
    if planned is not None:
        return planned
    shown = [view.result(name) for name in scans if name in view.done]
    if shown and all(result is not None and result.startswith("focus@") for result in shown) and len(set(shown)) == 1:
        return None
    if not any(localised(view, name) for name in scans):
        return None if "venous_sampling" in view.done else _next(view, ("venous_sampling",))
    return _next(view, ("mri_contrast",))


def localised(view: View, finding: str) -> bool:
    """Whether a scan showed where the disease is: a focus, or several glands.

    Args:
        view: what is known.
        finding: of the scan.
    """
    result = view.result(finding) or ""
    return result.startswith("focus") or result == "several"


def _rated(view: View, study: str) -> bool:
    """Whether the ACR rates a study usually or may be appropriate in the setting."""
    found = view.model.network.studies.get(study)
    rating = None if found is None else found.acr.get(view.setting)
    return rating in ("usually_appropriate", "may_be_appropriate")


def _next(view: View, studies: Iterable[str]) -> str | None:
    return next((name for name in studies if _rated(view, name) and view.can_order(name)), None)
