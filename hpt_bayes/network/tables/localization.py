"""Kind `localization`: one imaging study as sensitivity by place, conspicuity, and what a wrong report looks like.

With an active gland the study detects it with probability D_k at conspicuity level k,
D_k = Phi((a + lambda z_k) / sqrt(1 - lambda^2)), with a solved so that every row returns its published sensitivity.
A detected gland is reported as several foci, as diffuse, at its exact place, or beside it; an undetected one at a wrong
place with the probability that returns the published share of wrong reports, else as negative. Without an active gland
the study has its own share of false positives. Some foci and some negatives are reported as equivocal: sources count
those apart (dek_pos, dek_eq, dek_neg), so a published row is the share of reports without a doubt, and what is seen in
doubt comes out of the misses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpt_bayes.errors import EvidenceError
from hpt_bayes.network.fields import Record, ShareRow, TableSpec, Text, UncertainShare
from hpt_bayes.network.figures import Names
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.patterns import cover
from hpt_bayes.network.provenance import Family, Number
from hpt_bayes.network.remembered import once
from hpt_bayes.network.tables.context import TableContext
from hpt_bayes.network.tables.detection import (
    Conspicuity,
    assemble,
    detection,
    doubted,
    of_detected,
    wrong_reports,
)
from hpt_bayes.network.tables.loading import unit
from hpt_bayes.network.tables.places import NO_PLACE, kernels, reported_sites
from hpt_bayes.network.tables.rows import share_number
from hpt_bayes.network.variables import FLOORED_ROLES

Array = NDArray[np.float64]

CONSPICUITY = "conspicuity"
_TINY = 1e-300


class Equivocal(Record):
    """Shares of foci and of negatives that are reported as equivocal.

    Args:
        given_positive: of what is seen as a focus; less where the published row leaves no room for it.
        given_negative: of negatives.
    """

    given_positive: UncertainShare
    given_negative: UncertainShare


class View(Record):
    """A field of view that leaves places out: they cannot be reported, and are detected with its own probability."""

    hidden: Names
    sensitivity: UncertainShare


class Views(Record):
    """Fields of view a reading may have; the table is for the default."""

    default: Text
    neck: View | None = None


class Spec(TableSpec):
    """A localisation study.

    Args:
        place: the parent that says where the gland is.
        reports: places and groups it can report a focus at.
        conspicuity: how detection depends on it.
        sensitivity: P(shown at the correct side or better | an active gland there).
        exact_given_side: of those not several or diffuse, reported at the exact place.
        wrong_share: of positive reports with an active gland, pointing to a wrong place.
        wrong_same_side: of wrong reports, on the gland's side, but neither at its place nor beside it.
        wrong_elsewhere: of wrong and false foci, at the reportable places neither kernel names; 0 when left out.
        false_positive: P(a focus, several or diffuse | no active gland).
        false_several: of false positives without an active gland, several foci; 0 when left out.
        false_diffuse: of false positives without an active gland, diffuse uptake; 0 when left out.
        several: of detected glands, reported as several foci.
        diffuse: of detected glands, reported as diffuse uptake.
        equivocal: foci and negatives reported as equivocal.
        field: fields of view.
    """

    kind: Literal["localization"]
    place: Text
    reports: Names
    conspicuity: Conspicuity
    sensitivity: Annotated[tuple[ShareRow, ...], Field(min_length=1)]
    exact_given_side: UncertainShare
    wrong_share: Annotated[tuple[ShareRow, ...], Field(min_length=1)]
    wrong_same_side: UncertainShare
    wrong_elsewhere: UncertainShare | None = None
    false_positive: Annotated[tuple[ShareRow, ...], Field(min_length=1)]
    false_several: UncertainShare | None = None
    false_diffuse: UncertainShare | None = None
    several: Annotated[tuple[ShareRow, ...], Field(min_length=1)]
    diffuse: Annotated[tuple[ShareRow, ...], Field(min_length=1)]
    equivocal: Equivocal
    field: Views | None = None


_OPTIONAL = ("wrong_elsewhere", "false_several", "false_diffuse")
_SHARE_ROWS = ("sensitivity", "wrong_share", "false_positive", "several", "diffuse")


@once
def numbers(spec: Spec) -> tuple[Number, ...]:
    """Return lambda^2, the single shares, then the rows of shares."""
    loading = spec.conspicuity.loading2
    found = [share_number(loading.value, loading, "conspicuity.loading2", 0, "logit_normal")]
    for path, record, family in _singles(spec):
        found.append(share_number(record.p, record, f"{path}.p", len(found), family))
    for name in _SHARE_ROWS:
        for position, row in enumerate(getattr(spec, name)):
            found.append(share_number(row.p, row, f"{name}[{position}].p", len(found)))
    return tuple(found)


def _singles(spec: Spec) -> list[tuple[str, UncertainShare, Family]]:
    found: list[tuple[str, UncertainShare, Family]] = [
        ("exact_given_side", spec.exact_given_side, "logit_normal"),
        ("wrong_same_side", spec.wrong_same_side, "beta"),
        ("equivocal.given_positive", spec.equivocal.given_positive, "beta"),
        ("equivocal.given_negative", spec.equivocal.given_negative, "beta"),
    ]
    for name in _OPTIONAL:
        record = getattr(spec, name)
        if record is not None:
            found.append((name, record, "beta"))
    if spec.field is not None and spec.field.neck is not None:
        found.append(("field.neck.sensitivity", spec.field.neck.sensitivity, "beta"))
    return found


def expand(spec: Spec, context: TableContext, values: Array | None = None) -> Array:
    """Return the table for the default field of view.

    Args:
        spec: as written.
        context: of the table; its `tables` hold the conspicuity variable's and its ancestors', with or without draws.
        values: (D, n_numbers) drawn numbers, or None.

    Returns:
        (*parents, states), or (D, *parents, states) when numbers or ancestors are drawn; rows sum to one.

    Raises:
        ModelFileError: rows that do not cover each configuration they are for once, unknown names, shares above one,
            or a place with a sensitivity that no report can point to (through faults).
    """
    return _table(spec, context, values, None)


def field_table(spec: Spec, context: TableContext, field: str, values: Array | None = None) -> Array:
    """Return the table of a reading with a given field of view, over the same states as `expand`.

    Args:
        spec: as written.
        context: of the table.
        field: the default, or another field of view of the study.
        values: (D, n_numbers) drawn numbers, or None.

    Raises:
        EvidenceError: the study has no such field of view.
    """
    views: dict[str, View | None] = {}
    if spec.field is not None:
        views = {spec.field.default: None}
        if spec.field.neck is not None:
            views.setdefault("neck", spec.field.neck)
    if field not in views:
        name = context.variable.name
        raise EvidenceError(f"expected a field of view of {name}, found {field!r}; {hint(field, views)}")
    return _table(spec, context, values, views[field])


def _drawn(spec: Spec, values: Array | None) -> tuple[dict[str, Array], dict[str, Array]]:
    """Single numbers, shape (D,) each by path, and rows of shares, shape (D, rows) each by name."""
    found = numbers(spec)
    drawn = np.array([[number.value for number in found]]) if values is None else np.asarray(values, dtype=float)
    singles = {"loading2": drawn[:, 0]}
    at = 1
    for path, _, _ in _singles(spec):
        singles[path] = drawn[:, at]
        at += 1
    rows = {}
    for name in _SHARE_ROWS:
        count = len(getattr(spec, name))
        rows[name] = drawn[:, at : at + count]
        at += count
    return singles, rows


def _table(spec: Spec, context: TableContext, values: Array | None, view: View | None) -> Array:
    size = context.variable.size
    names = [parent.name for parent in context.parents]
    if not _fits(spec, context):
        return np.full((*context.shape, size), 1.0 / size)
    place_axis = names.index(spec.place)
    places = context.parents[place_axis].states
    singles, rows = _drawn(spec, values)
    over = tuple(unit(each) if each.name == CONSPICUITY else each for each in context.parents)

    def along(vector: Array) -> Array:
        """A vector over places, (P, ...), as (1, *parents or 1, ...)."""
        shape = [1] * (len(over) + 1)
        shape[1 + place_axis] = len(places)
        return vector.reshape(*shape, *vector.shape[1:])

    def single(path: str) -> Array:
        found = singles[path] if path in singles else np.zeros(1)
        return found.reshape(-1, *(1 for _ in over))

    gland = np.array([place != NO_PLACE for place in places])
    everywhere = np.ones([each.size for each in over], dtype=bool)
    owners = {}
    for name in _SHARE_ROWS:
        needed = everywhere & along(gland != (name == "false_positive"))[0]
        covering = [row.covering for row in getattr(spec, name)]
        owner = cover(covering, over, context.faults, f"{name} row", spec.place_of(name), needed)
        owners[name] = np.maximum(owner, 0)
    share = {name: rows[name][:, owners[name]] for name in _SHARE_ROWS}
    several, diffuse = of_detected(
        np.where(along(gland), share["several"], single("false_several")),
        np.where(along(gland), share["diffuse"], single("false_diffuse")),
    )

    reported = reported_sites(spec.reports, context.sites, context.site_groups)
    hidden = () if view is None else reported_sites(view.hidden, context.sites, context.site_groups)
    kernel = kernels(places, reported, hidden, context.sites, context.site_groups)
    outside = along(np.array([place in hidden for place in places]))
    sensitivity = share["sensitivity"]
    if view is not None:
        sensitivity = np.where(outside, single("field.neck.sensitivity"), sensitivity)
    exact, same, elsewhere = (
        single(path)[..., None] for path in ("exact_given_side", "wrong_same_side", "wrong_elsewhere")
    )
    right = exact * along(kernel.exact) + (1.0 - exact) * along(kernel.beside)
    astray = same * along(kernel.same) + (1.0 - same) * along(kernel.other)
    astray = np.where(along(gland)[..., None], astray, kernel.false)
    rest = np.where(along(gland)[..., None], along(kernel.rest), kernel.false_rest)
    elsewhere = elsewhere * (rest.sum(axis=-1, keepdims=True) > 0.5)
    astray = elsewhere * rest + (1.0 - elsewhere) * astray

    reachable = along(kernel.exact.sum(axis=1) > 0.5)
    blind = gland & ~(kernel.exact.sum(axis=1) > 0.5)
    _refuse_blind(spec, context, sensitivity, blind, place_axis)

    floor = context.floor if context.variable.role in FLOORED_ROLES else 0.0
    low = np.where(reachable, np.clip(sensitivity, floor, 1.0 - floor), 0.0)
    wrong = wrong_reports(low, share["wrong_share"]) * along(kernel.same.sum(axis=1) > 0.5)
    false = share["false_positive"] * (kernel.false.sum() > 0.5)
    single_focus = 1.0 - several - diffuse
    doubt = doubted(np.where(along(gland), low + wrong, false), single("equivocal.given_positive"))
    seen = low / (1.0 - doubt * single_focus)
    detected = detection(spec.conspicuity, context, CONSPICUITY, singles["loading2"], seen, _kinds(owners, outside[0]))
    led_astray = np.minimum(1.0, wrong / np.maximum((1.0 - doubt) * (1.0 - seen), _TINY))
    shown = np.where(along(gland), detected, false / (1.0 - doubt * single_focus))
    table = assemble(
        focus=detected * single_focus * along(gland),
        right=right,
        alarm=np.where(along(gland), (1.0 - detected) * led_astray, shown * single_focus),
        astray=astray,
        many=shown * several,
        spread=shown * diffuse,
        positive=doubt,
        negative=single("equivocal.given_negative"),
        floor=0.0 if spec.structural_zeros is not None else floor,
    )
    full = np.ascontiguousarray(np.broadcast_to(table, (table.shape[0], *context.shape, size)))
    result: Array = full if values is not None or full.shape[0] > 1 else full[0]
    return result


def _kinds(owners: Mapping[str, NDArray[np.intp]], outside: Array) -> NDArray[np.intp]:
    """Equal only where every row that decides the sensitivity of what is seen is: shape (*parents or 1)."""
    kind = outside.astype(np.intp)
    for name in ("sensitivity", "wrong_share", "several", "diffuse"):
        kind = kind * (int(owners[name].max()) + 1) + owners[name]
    return kind


def _fits(spec: Spec, context: TableContext) -> bool:
    """Whether place, reports, scores and shares fit; what does not goes to the faults."""
    fault, before = context.faults, len(context.faults.found)
    names = [parent.name for parent in context.parents]
    if spec.place not in names:
        found = f"{spec.place!r}; {hint(spec.place, names)}"
        fault(spec.place_of("place").error(f"expected a parent as place, found {found}"))
    elif NO_PLACE not in context.variables[spec.place].states:
        fault(spec.place_of("place").error(f"expected a state {NO_PLACE!r} of {spec.place}, found none"))
    hidden = spec.field.neck.hidden if spec.field is not None and spec.field.neck is not None else ()
    valid = [*context.site_groups, *context.sites]
    for key, listed in (("reports", spec.reports), ("field", hidden)):
        for name in listed:
            if name not in valid:
                fault(spec.place_of(key).error(f"expected a site or site group, found {name!r}; {hint(name, valid)}"))
    if not spec.reports:
        fault(spec.place_of("reports").error("expected sites or site groups to report, found none"))
    if not 0.0 <= spec.conspicuity.loading2.value < 1.0:
        found = f"{spec.conspicuity.loading2.value:g}"
        fault(spec.conspicuity.loading2.at.error(f"expected loading2 from 0 to below 1, found {found}"))
    if CONSPICUITY in names:
        levels = context.variables[CONSPICUITY].states
        if set(spec.conspicuity.scores) != set(levels):
            found = ", ".join(spec.conspicuity.scores)
            fault(spec.conspicuity.at.error(f"expected scores for {', '.join(levels)}, found them for {found}"))
    for name, state in spec.conspicuity.given.items():
        if name in context.variables and state not in context.variables[name].states:
            near = hint(state, context.variables[name].states)
            fault(spec.conspicuity.at.error(f"expected a state of {name} in given, found {state!r}; {near}"))
    worst = max(row.p for row in spec.several) + max(row.p for row in spec.diffuse)
    if worst > 1.0:
        fault(spec.place_of("several").error(f"expected several and diffuse to sum to at most 1, found {worst:g}"))
    false = sum(record.p for record in (spec.false_several, spec.false_diffuse) if record is not None)
    if false > 1.0:
        expected = "expected false_several and false_diffuse to sum to at most 1"
        fault(spec.place_of("false_several").error(f"{expected}, found {false:g}"))
    return len(context.faults.found) == before


def _refuse_blind(spec: Spec, context: TableContext, sensitivity: Array, blind: NDArray[np.bool_], axis: int) -> None:
    """Refuse a place with a sensitivity that neither it nor any place linked to it can be reported at."""
    places = context.parents[axis].states
    by_place = np.moveaxis(sensitivity[0], axis, 0).reshape(sensitivity.shape[axis + 1], -1)
    for index in np.flatnonzero(blind):
        worst = float(by_place[index if by_place.shape[0] > 1 else 0].max())
        if worst > 0.0:
            context.faults(
                spec.place_of("sensitivity").error(
                    f"expected sensitivity 0 for {places[index]}, which {context.variable.name} cannot report "
                    f"and which no reported site neighbors, found {worst:g}"
                )
            )
