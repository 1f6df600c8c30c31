"""Pictures as files and as part of a page, each with its alt text inside."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from hpt_bayes.errors import HptBayesError
from hpt_bayes.files import write_whole
from hpt_bayes.presentation.files import require_ending, titled
from hpt_bayes.presentation.rendering import FORMATS
from hpt_bayes.presentation.style import described

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The names under which a format keeps a description; SVG has a title element instead.
_DESCRIPTION = {"png": "Description", "pdf": "Subject"}
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_DPI = 160


def save_picture(ax: Axes, path: str | Path) -> None:
    """Write the figure of some axes; the ending of the name says how.

    Args:
        ax: as `plot` returns them.
        path: a name ending in .svg, .png or .pdf.

    Raises:
        HptBayesError: for another ending, a name that cannot be written, or something else than axes.
    """
    ending = require_ending(path, FORMATS)
    if ending == "svg":
        write_whole(path, f'<?xml version="1.0" encoding="utf-8"?>\n{_svg(ax, "picture")}')
    else:
        image = BytesIO()
        _figure(ax).savefig(image, format=ending, dpi=_DPI, metadata={_DESCRIPTION[ending]: described(ax)})
        write_whole(path, image.getvalue())


def inline_svg(ax: Axes, name: str) -> str:
    """The figure of some axes as an `svg` element for an HTML page.

    Args:
        ax: as `plot` returns them.
        name: another one for each picture of a page, so that what they define does not collide.

    Returns:
        The element, scaling with the page, its alt text as title and label; text stays text.
    """
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", _svg(ax, name))
    return re.sub(r' width="([\d.]+)pt" height="[\d.]+pt"', r' style="width:100%;max-width:\1pt"', text, count=1)


def _figure(ax: Axes) -> Figure:
    """The whole figure some axes stand in."""
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes):
        raise HptBayesError(f"expected axes, as plot(...) returns them, found a {type(ax).__name__}")
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def _svg(ax: Axes, name: str) -> str:
    """The drawing as SVG: the same text every time, no identifiers but those that are referred to."""
    from matplotlib import rc_context

    written = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        _figure(ax).savefig(written, format="svg", metadata=_NO_METADATA)
    text = written.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", text)
    return titled(text.replace("<svg", '<svg stroke-linejoin="round" stroke-linecap="butt"', 1), described(ax))
