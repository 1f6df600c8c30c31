"""What a study costs the patient, as its parts and in utility units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from hpt_bayes.network.network import Network
from hpt_bayes.network.studies import Study


@dataclass(frozen=True)
class BurdenParts:
    """The burden of a study; None where no figure is known.

    Attributes:
        cost_usd: US dollars.
        dose_msv: effective dose in millisievert.
        invasiveness: 0 (none) to 4.
        contrast: none, iodinated or gadolinium.
        minutes: of the patient's time.
        utility: everything in utility units (0 to 1), with the weights of the model file.
    """

    cost_usd: float | None
    dose_msv: float | None
    invasiveness: int
    contrast: str
    minutes: float | None
    utility: float

    def to_dict(self) -> dict[str, object]:
        """The parts by name."""
        return asdict(self)


def burden_together(network: Network, studies: Sequence[Study]) -> float:
    """The burden of several studies in utility units.

    Args:
        network: whose model file weighs the parts.
        studies: each once.

    Returns:
        The sum over visits; studies of one group share a visit, in which costs and doses add up while risk, delay and
        the least burden of an order count once.
    """
    weights = network.burden_weights
    visits: dict[str, list[Study]] = {}
    for study in studies:
        visits.setdefault(study.group or study.name, []).append(study)
    total = 0.0
    for visit in visits.values():
        parts = [burden_parts(network, study) for study in visit]
        added = sum(
            weights.get(name, 0.0) * (getattr(part, name) or 0.0) for part in parts for name in ("cost_usd", "dose_msv")
        )
        shared = max(
            sum(
                weights.get(name, 0.0) * (figure.value if (figure := getattr(study.burden, name)) is not None else 0.0)
                for name in ("serious_complication", "delay_days")
            )
            for study in visit
        )
        total += max(added + shared, weights.get("least", 0.0))
    return total


def burden_parts(network: Network, study: Study) -> BurdenParts:
    """The burden of a study.

    Args:
        network: whose model file weighs the parts.
        study: one of its studies.

    Returns:
        The parts; unknown parts count nothing in `utility`, which is at least the model's smallest burden.
    """
    burden, weights = study.burden, network.burden_weights
    known = {
        "cost_usd": burden.cost_usd,
        "dose_msv": burden.dose_msv,
        "serious_complication": burden.serious_complication,
        "delay_days": burden.delay_days,
    }
    figures = {name: None if figure is None else figure.value for name, figure in known.items()}
    utility = sum(weights.get(name, 0.0) * (figure or 0.0) for name, figure in figures.items())
    return BurdenParts(
        cost_usd=figures["cost_usd"],
        dose_msv=figures["dose_msv"],
        invasiveness=burden.invasiveness,
        contrast=burden.contrast,
        minutes=None if burden.minutes is None else burden.minutes.value,
        utility=max(utility, weights.get("least", 0.0)),
    )
