"""How much the published-case results rest on the base shares: each multiplied by a few factors, one by one.

The changed posterior is the posterior joint of the cause and its parents times (changed table / table), which is exact:
P'(x | e) is proportional to P(x | e) t'(x) / t(x), with t' = t times the factor at one state, each row renormalised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from hpt_bayes.display.numbers import words
from hpt_bayes.display.result import Result
from hpt_bayes.display.rows import Frame, Rows, to_frame
from hpt_bayes.engine import Calibrated
from hpt_bayes.network.network import Network
from hpt_bayes.reasoning.compiled import CompiledModel, calibrate, compile_model
from hpt_bayes.validation.answers import Answer, answer
from hpt_bayes.validation.cases_read import PublishedCase, entered
from hpt_bayes.validation.shown import digits
from hpt_bayes.validation.targets import PriorChange


@dataclass(frozen=True)
class ChangedLeader:
    """A published case whose leading diagnosis depends on one base share.

    Attributes:
        case: its name.
        setting: its setting, or several joined by `|`.
        share: the changed share, `variable: state`.
        factor: it was multiplied by.
        leading: the leading diagnosis as written.
        changed: the leading diagnosis with the changed share.
    """

    case: str
    setting: str
    share: str
    factor: float
    leading: str
    changed: str


@dataclass(frozen=True, repr=False)
class PriorSensitivity(Result):
    """All cases.

    Attributes:
        cases: number of cases by setting.
        factors: each share was multiplied by.
        shares: that were changed.
        changed: every change of a leading diagnosis.
    """

    cases: tuple[tuple[str, int], ...]
    factors: tuple[float, ...]
    shares: tuple[str, ...]
    changed: tuple[ChangedLeader, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        return {
            "cases": dict(self.cases),
            "factors": list(self.factors),
            "shares": list(self.shares),
            "changed": [asdict(each) for each in self.changed],
        }

    def to_frame(self) -> Frame:
        """One row a case, share and factor under which another diagnosis leads."""
        return to_frame([asdict(each) for each in self.changed])

    def blocks(self) -> tuple[Rows, ...]:
        """By setting: cases, how many depend on some share, and the share that matters most."""
        cells = []
        for setting, count in self.cases:
            here = [each for each in self.changed if each.setting == setting]
            names = sorted({each.case for each in here})
            most = Counter(each.share for each in {(e.case, e.share): e for e in here}.values()).most_common()
            top = [name for name, times in most if times == most[0][1]] if most else []
            which = f"{', '.join(words(name) for name in sorted(top))} ({most[0][1]})" if most else "none"
            cells.append((words(setting), str(count), str(len(names)), digits(len(names) / count), which))
        factors = " and ".join(f"{each:g}" for each in self.factors)
        note = (
            f"{len(self.shares)} base shares ({', '.join(words(each) for each in self.shares)}), each multiplied by "
            f"{factors}, the rest of its row renormalised. Counted: cases whose leading diagnosis is another one under "
            "at least one change."
        )
        columns = ("setting", "cases", "leader changes", "share", "by which base share (cases)")
        return (
            Rows(
                "Sensitivity of the published cases to the prior",
                columns,
                tuple(cells),
                (note,),
                right=frozenset({1, 2, 3}),
            ),
        )


def prior_sensitivity(network: Network, cases: Iterable[PublishedCase], change: PriorChange) -> PriorSensitivity:
    """Change base shares one by one and see which cases get another leading diagnosis.

    Args:
        network: as loaded.
        cases: published cases.
        change: which shares, by which factors.

    Returns:
        The changes.
    """
    shares = [(each.variable, state) for each in change.shares.conditions for state in each.names]
    counted: Counter[str] = Counter()
    found: list[ChangedLeader] = []
    for case in cases:
        setting = " | ".join(case.file.settings)
        counted[setting] += 1
        model = compile_model(network, case.file.settings)
        calibrated = calibrate(model, entered(network, case.file))
        leading = answer(model, calibrated).leading
        for variable in dict.fromkeys(name for name, _ in shares):
            states = [state for name, state in shares if name == variable]
            for state, factor, changed in _leaders(model, calibrated, variable, states, change.factors):
                if changed != leading:
                    share = f"{variable}: {state}"
                    found.append(ChangedLeader(case.file.name, setting, share, factor, leading, changed))
    names = tuple(f"{variable}: {state}" for variable, state in shares)
    order = list(network.settings)
    by_setting = sorted(counted.items(), key=lambda item: order.index(item[0].split(" | ")[0]))
    return PriorSensitivity(tuple(by_setting), change.factors, names, tuple(found))


def _leaders(
    model: CompiledModel, calibrated: Calibrated, name: str, states: list[str], factors: tuple[float, ...]
) -> Iterable[tuple[str, float, str]]:
    """(state, factor, leading diagnosis) for each change of one variable's table."""
    causes, variable = model.targets.causes, model.core.variables[name]
    scope = tuple(dict.fromkeys((*causes, *variable.parents, name)))
    joint = calibrated.joint(model.axes(scope))[0]
    for state in states:
        if state not in variable.states:
            continue
        for factor in factors:
            weighted = joint * _ratio(model, name, variable.states.index(state), factor, scope)
            over = tuple(range(len(causes), len(scope)))
            changed = weighted.sum(axis=over).reshape(-1) / weighted.sum()
            yield state, factor, Answer(model.targets, changed).leading


def _ratio(model: CompiledModel, name: str, state: int, factor: float, scope: tuple[str, ...]) -> NDArray[np.float64]:
    """Changed table / table along the axes of `scope`: 1 / (1 + (factor - 1) t), times the factor at the state."""
    table = model.core.tables[name]
    ratio = np.ones_like(table)
    ratio[..., state] = factor
    ratio = ratio / (table * ratio).sum(axis=-1, keepdims=True)
    own = (*model.core.variables[name].parents, name)
    order = sorted(range(len(own)), key=lambda at: scope.index(own[at]))
    shape = [ratio.shape[own.index(each)] if each in own else 1 for each in scope]
    return np.asarray(ratio.transpose(order).reshape(shape))
