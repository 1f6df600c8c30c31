"""Compare testing policies on the same simulated patients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.load import load_network
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.policies.builtin import POLICIES, USUAL, NamedPolicy, Policy
from hpt_bayes.policies.comparison import Arm, Difference, PolicyComparison
from hpt_bayes.policies.estimates import Estimate, estimate, independent
from hpt_bayes.policies.simulate import Advance, simulate
from hpt_bayes.policies.simulated import SimulatedPatients
from hpt_bayes.policies.trial import Outcomes, Trial, told_of_each
from hpt_bayes.reasoning.identity import identity

SHARES = frozenset({"diagnosis", "site", "approach", "best_action"})
"""Measures that are 0 or 1 in each patient."""

VERSIONS = 200
"""Versions of the numbers that misspecified patients are dealt to unless told otherwise."""


def compare_policies(
    policies: Iterable[str] | Mapping[str, Policy] | None = None,
    setting: str = "persistent",
    n: int = 1000,
    seed: int = 0,
    misspecified: bool | None = None,
    network: Network | None = None,
    *,
    most: int = 4,
    versions: int = VERSIONS,
    reference: str | None = None,
    advance: Advance = lambda _: None,
) -> PolicyComparison:
    """Try testing policies on simulated patients whose truth is known to nobody but the trial.

    Policies reason with the mean model. Self-consistent patients come from that model; misspecified ones from versions
    of it whose numbers were drawn within their uncertainty. All policies are given the same patients.

    Args:
        policies: names of `POLICIES`, or functions by name that take a `View` and return a study or None; the usual
            ones when None. Those whose choices take seconds get fewer patients, the first ones; the result says so.
        setting: one setting of the model.
        n: how many patients of each kind.
        seed: the same seed gives the same result.
        misspecified: True or False for one kind of patients only; both when None.
        network: the model; the packaged one when None.
        most: studies after which a policy without an end of its own is stopped.
        versions: versions of the numbers the misspecified patients are dealt to; intervals allow for their dependence.
        reference: the policy the others are compared with; the first one when None.
        advance: told how many patients were drawn, given a study by a limited policy, or finished since it was last
            called; `progress_total` is the sum.

    Returns:
        The comparison.

    Raises:
        EvidenceError: an unknown policy, reference, setting or study; fewer than one patient, version or study; a
            policy that orders what cannot be ordered.
    """
    named = _named(policies)
    reference = named[0].name if reference is None else reference
    if reference not in {each.name for each in named}:
        raise EvidenceError(f"unknown reference {reference!r}; {hint(reference, [each.name for each in named])}")
    if most < 1:
        raise EvidenceError(f"expected one study or more, found {most}")
    network = load_network() if network is None else network
    arms: list[Arm] = []
    differences: list[Difference] = []
    trial: Trial | None = None
    for wrong in (False, True) if misspecified is None else (misspecified,):
        patients = simulate(n, setting, seed, wrong, network, versions=versions, advance=advance)
        trial = trial or Trial(patients.model, setting, most)
        found = {each.name: _tried(trial, each, patients, advance) for each in named}
        for each in named:
            arms.append(_arm(each, wrong, found[each.name]))
            if each.name != reference:
                differences.append(_difference(each, wrong, found[each.name], found[reference]))
    return PolicyComparison(
        model=identity(network),
        setting=setting,
        setting_label=network.settings[setting].label,
        seed=seed,
        versions=0 if misspecified is False else min(n, versions),
        most=most,
        reference=reference,
        arms=tuple(arms),
        differences=tuple(differences),
        studies={name: study.label for name, study in network.studies.items()},
        scope=network.scope,
    )


def progress_total(policies: Iterable[str] | Mapping[str, Policy] | None, n: int, most: int = 4) -> int:
    """What `advance` is told in all for one kind of patients: the total of a progress bar.

    Args:
        policies: as for `compare_policies`.
        n: likewise.
        most: likewise.

    Raises:
        EvidenceError: an unknown policy, or none.
    """
    return n + sum(min(n, each.patients or n) * told_of_each(each.limited, most) for each in _named(policies))


def _named(policies: Iterable[str] | Mapping[str, Policy] | None) -> list[NamedPolicy]:
    if isinstance(policies, Mapping):
        found = [NamedPolicy(name, name, choose) for name, choose in policies.items()]
    else:
        asked = USUAL if policies is None else (policies,) if isinstance(policies, str) else tuple(policies)
        for name in asked:
            if name not in POLICIES:
                raise EvidenceError(f"unknown policy {name!r}; {hint(name, POLICIES)}")
        found = [POLICIES[name] for name in dict.fromkeys(asked)]
    if not found:
        raise EvidenceError(f"expected a policy or more, found none; there are {', '.join(POLICIES)}")
    return found


def _tried(trial: Trial, policy: NamedPolicy, patients: SimulatedPatients, advance: Advance) -> Outcomes:
    some = patients.first(min(len(patients), policy.patients or len(patients)))
    return trial.run(policy.choose, some, limited=policy.limited, advance=advance)


def _arm(policy: NamedPolicy, wrong: bool, found: Outcomes) -> Arm:
    groups = independent(found.version, wrong)
    measures = {name: estimate(values, groups, share=name in SHARES) for name, values in found.measures.items()}
    return Arm(policy.name, policy.label, wrong, len(groups), measures, found.ordered)


def _difference(policy: NamedPolicy, wrong: bool, found: Outcomes, other: Outcomes) -> Difference:
    """Both policies in the patients who were given both: the first ones."""
    common = min(len(found.version), len(other.version))
    groups = independent(found.version[:common], wrong)
    measures: dict[str, Estimate] = {
        name: estimate(np.asarray(values[:common] - other.measures[name][:common]), groups)
        for name, values in found.measures.items()
    }
    return Difference(policy.name, policy.label, wrong, common, measures)
