"""Children: where adult limits do not hold, numbers that are read against a limit need the laboratory's own."""

from __future__ import annotations

from collections.abc import Sequence

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.number import MULTIPLE
from hpt_bayes.evidence.observed import Observation
from hpt_bayes.network.network import Network

AGE = "age"


def require_limits_of_the_age(network: Network, observations: Sequence[Observation]) -> None:
    """Refuse a child's number that is read against an adult's limit.

    Args:
        network: its analytes say which numbers are read against a limit; its first step of age is childhood.
        observations: as entered.

    Raises:
        EvidenceError: such a number has no limit of the laboratory; the message says what to give.
    """
    age = network.variables.get(AGE)
    allowed = [set(each.states) for each in observations if each.finding == AGE and each.states]
    if age is None or age.edges is None or not allowed or set.intersection(*allowed) != {age.states[0]}:
        return
    for each in observations:
        analyte = network.analytes.get(each.finding)
        if analyte is None or not each.numeric or each.unit == MULTIPLE or analyte.input_only:
            continue
        if (analyte.multiple_of_limit or analyte.scaled_by_limit) and not isinstance(each.upper_limit, float):
            raise EvidenceError(
                f"{each.finding} {each.text}: under {age.edges[0]:g} years the limits of adults do not hold; give "
                "upper_limit, the laboratory's limit for this age, or a state such as result: high"
            )
