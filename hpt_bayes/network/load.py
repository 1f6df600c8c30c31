"""`load_network`: a model folder, the packaged model, or a network file of another program."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.assemble import assemble
from hpt_bayes.network.faults import Faults
from hpt_bayes.network.locations import MANIFEST, model_path, models_folder
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network

FOREIGN = (".bif", ".bif.gz", ".xmlbif", ".net", ".xdsl")

__all__ = ["load_network", "models_folder"]


def load_network(path: str | Path | None = None) -> Network:
    """Load a network.

    Args:
        path: a model folder (or its network.yaml), or a .bif[.gz], .xmlbif, .net or .xdsl file, read through pgmpy.
            None means HPT_BAYES_MODEL when set, else the packaged model, else the checkout's.

    Returns:
        The network, with read-only tables.

    Raises:
        EvidenceError: something else than the name of a file or folder.
        ModelFileError: the first fault found, with file, line and column.
    """
    found = model_path(path)
    if found.is_dir():
        with _collector_paused():
            network = assemble(found, Faults())
        assert network is not None
        return network
    if not found.name.lower().endswith(FOREIGN):
        raise ModelFileError(
            f"expected a folder with {MANIFEST} or a {', '.join(FOREIGN)} file, found {found.suffix or found.name!r}; "
            f"{hint(found.suffix, FOREIGN)}",
            str(found),
        )
    from hpt_bayes.network.pgmpy_bridge import read_foreign

    return read_foreign(found)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Reading makes some hundred thousand objects that stay; looking for garbage among them takes a third of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
