"""What every result shares: it shows itself as tables, in a console as text and in a notebook as HTML."""

from __future__ import annotations

from hpt_bayes.display.rows import Rows, to_html, to_text


class Result:
    """A frozen dataclass of unrounded numbers that can lay itself out in rows; derive with `repr=False`."""

    def blocks(self) -> tuple[Rows, ...]:
        """The rows people read."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return to_text(self.blocks())

    def _repr_html_(self) -> str:
        return to_html(self.blocks())
