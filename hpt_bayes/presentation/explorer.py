"""The explorer: a case in a notebook, with native inputs that a keyboard reaches in order. It computes nothing."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from hpt_bayes.display.rows import lines_block, to_html
from hpt_bayes.errors import HptBayesError
from hpt_bayes.presentation.explorer_inputs import Inputs, findings_like, inputs
from hpt_bayes.presentation.explorer_state import (
    Entry,
    Explored,
    ExplorerState,
    compared,
    enter,
    opened,
    pin,
    retract,
    saved,
    undo,
    unpin,
)

_CHOOSE = ""
_ROWS = 8
_WAIT = "<p>Next study: ranking ...</p>"


class Explorer:
    """Widgets around an `ExplorerState`.

    Args:
        case: to start from; it is never changed, `explorer.case` is the one explored to.

    Raises:
        HptBayesError: when ipywidgets is not installed.
    """

    def __init__(self, case: Explored) -> None:
        try:
            import ipywidgets as widgets
        except ImportError:
            raise HptBayesError("the explorer needs ipywidgets: pip install 'hpt-bayes[notebook]'") from None
        self._state = opened(case)

        def shaped() -> dict[str, Any]:  # a layout of its own for each, since each is hidden by itself
            return {"layout": widgets.Layout(width="26em"), "style": {"description_width": "7em"}}

        def text(name: str, hint: str = "") -> Any:
            return widgets.Text(description=name, placeholder=hint, **shaped())

        def choice(name: str) -> Any:
            return widgets.Dropdown(description=name, options=[_CHOOSE], **shaped())

        def listing(name: str) -> Any:
            return widgets.Select(description=name, rows=_ROWS, **shaped())

        def button(name: str, tooltip: str, action: Callable[[], None]) -> Any:
            made = widgets.Button(description=name, tooltip=tooltip)
            made.on_click(lambda _: action())
            return made

        self.search = text("Find", "ultrasound, pth, ...")
        self.found = listing("Finding")
        self.help = widgets.HTML()
        self.result = choice("Result")
        self.number = text("Number", "95, <0.01 or [90, 100]")
        self.unit = choice("Unit")
        self.limit = text("Upper limit", "of the laboratory, or unknown")
        self.site = choice("Site")
        self.field = choice("Field of view")
        self.date = text("Date", "2026-03-01, or empty")
        self.entered = listing("Entered")
        self.file = text("File", "case.yaml")
        self.message = widgets.HTML()
        self.answer = widgets.HTML()
        self.studies = widgets.HTML()
        self.comparison = widgets.HTML()
        self.enter_button = button("Enter", "Enter the reading (or press Enter in a box)", self._enter)
        self.retract_button = button("Take back", "Take every reading of the chosen finding back", self._retract)
        self.undo_button = button("Undo", "Undo the last change", lambda: self._move(undo(self._state)))
        self.pin_button = button("Pin", "Compare later answers with this one", lambda: self._move(pin(self._state)))
        self.unpin_button = button("Unpin", "Stop comparing", lambda: self._move(unpin(self._state)))
        self.save_button = button("Save", "Write the case file", self._save)

        self.search.observe(lambda _: self._list(), "value")
        self.found.observe(lambda _: self._offer(), "value")
        for box in (self.number, self.limit, self.date):
            _on_enter(box, self._enter)
        _on_enter(self.file, self._save)
        left = widgets.VBox(
            [
                self.search, self.found, self.help, self.result, self.number, self.unit, self.limit, self.site,
                self.field, self.date, self.enter_button, self.message, self.entered,
                widgets.HBox([self.retract_button, self.undo_button]),
                widgets.HBox([self.pin_button, self.unpin_button]),
                widgets.HBox([self.file, self.save_button]),
            ]
        )  # fmt: skip
        right = widgets.VBox([self.comparison, self.answer, self.studies])
        self.widget = widgets.HBox([left, right])
        self._list()
        self._show()

    @property
    def state(self) -> ExplorerState:
        """Where the user is, without the widgets."""
        return self._state

    @property
    def case(self) -> Explored:
        """The case as it stands."""
        return self._state.case

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        """The widgets; where they cannot live, as on a page, the answer as it stands."""
        return {**self.widget._repr_mimebundle_(**options), "text/html": f"{self.answer.value}{self.studies.value}"}

    def _list(self) -> None:
        """The findings that fit the search; the chosen one stays chosen while it fits."""
        fitting = findings_like(self.case.facts.network, self.search.value)
        options = [(f"{info.name}: {info.label}", info.name) for info in fitting]
        chosen = self.found.value
        self.found.options = options
        names = [name for _, name in options]
        self.found.value = chosen if chosen in names else (names[0] if names else None)
        self._offer()

    def _offer(self) -> None:
        """The inputs the chosen finding has; the others are hidden and emptied."""
        given = self._inputs()
        numeric = given is not None and given.numeric
        limit = given is not None and given.limit
        _fill(self.result, () if given is None else given.states)
        _fill(self.unit, () if given is None else given.units, empty=False)
        _fill(self.site, () if given is None else given.sites)
        _fill(self.field, () if given is None else given.fields)
        for box, shown in ((self.number, numeric), (self.limit, limit)):
            box.layout.display = None if shown else "none"
            box.value = ""
        self.help.value = "" if given is None else html.escape(given.help)

    def _inputs(self) -> Inputs | None:
        network = self.case.facts.network
        infos = {info.name: info for info in findings_like(network, "")}
        return inputs(network, infos[self.found.value]) if self.found.value in infos else None

    def _enter(self) -> None:
        if self.found.value is None:
            return
        typed = self.number.value.strip()
        entry = Entry(
            finding=self.found.value,
            value=typed or self.result.value or "",
            unit=(self.unit.value or "") if typed else "",
            upper_limit=self.limit.value if typed else "",
            site=self.site.value or "",
            field=self.field.value or "",
            date=self.date.value,
        )
        after = enter(self._state, entry)
        self._move(after)
        if not after.refused:  # what was typed stays where it can be mended
            self._offer()
            self.date.value = ""

    def _retract(self) -> None:
        if self.entered.value is not None:
            self._move(retract(self._state, self.entered.value))

    def _save(self) -> None:
        self._move(saved(self._state, self.file.value))

    def _move(self, state: ExplorerState) -> None:
        self._state = state
        self._show()

    def _show(self) -> None:
        state = self._state
        evidence, posterior = state.case.evidence, state.view.posterior
        names = [name for name in evidence.findings if name not in evidence.conditions]
        chosen = self.entered.value
        self.entered.options = [(evidence.describe(name), name) for name in names]
        self.entered.value = chosen if chosen in names else (names[-1] if names else None)
        self.message.value = (
            to_html([lines_block("Refused" if state.refused else "Done", [state.message], urgent=state.refused)])
            if state.message
            else ""
        )
        self.message.value = f'<div role="status" aria-live="polite">{self.message.value}</div>'
        self.answer.value = to_html((*posterior.opening_blocks(), *posterior.closing_blocks()))
        self.studies.value = _WAIT  # the answer is read while the studies are ranked
        ranking = state.view.ranking
        self.studies.value = "" if ranking is None else to_html(ranking.opening_blocks())
        difference = compared(state)
        self.comparison.value = "" if difference is None else to_html(difference.blocks())
        self.undo_button.disabled = not state.earlier
        self.unpin_button.disabled = state.pinned is None


def explorer(case: Explored) -> Explorer:
    """A case to explore in a notebook.

    Args:
        case: to start from.

    Returns:
        The explorer; a notebook shows it, and its `case` is the case explored to.

    Raises:
        HptBayesError: when ipywidgets is not installed.
    """
    return Explorer(case)


def _on_enter(box: Any, action: Callable[[], None]) -> None:
    """Act when Enter is pressed in a text box, which sends the event `submit`."""

    def told(_: object, content: Mapping[str, object], __: object) -> None:
        if content.get("event") == "submit":
            action()

    box.on_msg(told)


def _fill(choice: Any, options: tuple[str, ...], *, empty: bool = True) -> None:
    """Offer options, hidden when there are none; the first is nothing unless one must be chosen."""
    choice.options = [_CHOOSE, *options] if empty or not options else list(options)
    choice.value = choice.options[0]
    choice.layout.display = None if options else "none"
