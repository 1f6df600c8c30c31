"""A dated series of calcium and PTH after an operation says which setting a patient is in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from hpt_bayes.clinical.surveillance import State, Surveillance, classify
from hpt_bayes.clinical.surveillance_readings import Limits, Reading
from hpt_bayes.clinical.surveillance_renal import classify_renal
from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.observation import Observation, observation
from hpt_bayes.network.network import Network

UNCLEAR = "postoperative_unclear"
SETTINGS: dict[State, tuple[str, ...]] = {
    "too_early": (UNCLEAR,),
    "normal_so_far": (UNCLEAR,),
    "cured": (UNCLEAR,),
    "normocalcemic_raised_pth": (UNCLEAR,),
    "pth_suppressed": (UNCLEAR,),
    "persistent": ("persistent",),
    "recurrent": ("recurrent",),
    "persistent_or_recurrent": ("persistent", "recurrent"),
}
RENAL_SETTINGS: dict[State, tuple[str, ...]] = {
    "persistent": ("renal_persistent",),
    "recurrent": ("renal_recurrent",),
    "persistent_or_recurrent": ("renal_persistent", "renal_recurrent"),
}


@dataclass(frozen=True)
class FromSeries:
    """What a series says.

    Attributes:
        settings: the setting, or several it may be.
        observations: the last calcium and PTH that count.
        found: the classification.
        said: what was derived, left out and is a trap; sentences.
    """

    settings: tuple[str, ...]
    observations: tuple[Observation, ...]
    found: Surveillance
    said: tuple[str, ...]


def from_series(
    network: Network, readings: Sequence[Reading], operation: datetime.date, *, renal: bool, limits: Limits | None
) -> FromSeries:
    """Derive the setting from a series, and enter its last reading that counts.

    Earlier readings make the setting, so entering them as well would count them twice, and they were of another time.

    Args:
        network: whose settings are meant.
        readings: dated, at least one after the operation.
        operation: date of the operation.
        renal: whether it was done for kidney disease, where PTH against its target decides.
        limits: the laboratory's.

    Returns:
        Settings, observations and what to say.

    Raises:
        EvidenceError: no reading after the operation, or a series no setting of the network fits.
    """
    limits = Limits() if limits is None else limits
    found = classify_renal(readings, operation, limits=limits) if renal else classify(readings, operation, limits)
    settings = (RENAL_SETTINGS if renal else SETTINGS).get(found.state, ())
    if not settings or not set(settings) <= set(network.settings):
        raise EvidenceError(
            f"no setting of {network.id} fits this series: {found.why} Name the setting yourself, one of "
            f"{', '.join(network.settings)}"
        )
    observations: list[Observation] = []
    last = next((each for each in readings if (each.date - operation).days == found.days), None)
    if last is not None:
        observations = _observed(network, last, limits)
    state = f"{found.state}{' (provisional)' if found.provisional else ''}"
    first = f"Setting {' or '.join(settings)} derived from the series after the operation of {operation}: {state}."
    said = (first, found.why, *found.traps, *found.not_counted)
    return FromSeries(settings, tuple(observations), found, said)


def _observed(network: Network, last: Reading, limits: Limits) -> list[Observation]:
    made = []
    if last.calcium_mg_dl is not None and last.albumin_g_dl is not None:
        made.append(observation(network, "total_calcium", last.calcium_mg_dl, "mg/dL", date=last.date))
        made.append(observation(network, "albumin", last.albumin_g_dl, "g/dL", date=last.date))
    elif last.calcium_mg_dl is not None:
        made.append(observation(network, "adjusted_calcium", last.calcium_mg_dl, "mg/dL", date=last.date))
    if last.pth_pg_ml is not None:
        limit = limits.pth_high_pg_ml
        made.append(observation(network, "pth", last.pth_pg_ml, "pg/mL", upper_limit=limit, date=last.date))
    if last.vitamin_d_25_ng_ml is not None:
        made.append(observation(network, "vitamin_d_25", last.vitamin_d_25_ng_ml, "ng/mL", date=last.date))
    return made
