"""Where model files are: an explicit path, else HPT_BAYES_MODEL, else the packaged copy, else the checkout."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from hpt_bayes.errors import ModelFileError
from hpt_bayes.files import path_of

ENVIRONMENT = "HPT_BAYES_MODEL"
PACKAGED = "_models"
CHECKOUT = "models"
DEFAULT = "hyperparathyroidism"
MANIFEST = "network.yaml"


def models_folder() -> Path:
    """Return the folder that holds the model and the example cases.

    Returns:
        The packaged copy in an installed wheel, or `models` of the checkout hpt_bayes is imported from.

    Raises:
        ModelFileError: there is neither.
    """
    package = Path(str(resources.files("hpt_bayes")))
    for folder in candidates(package):
        if (folder / DEFAULT).is_dir():
            return folder
    places = " or ".join(str(folder) for folder in candidates(package))
    raise ModelFileError(f"expected the packaged model in {places}, found none; reinstall hpt-bayes, or name a model")


def is_packaged(path: str | Path) -> bool:
    """Whether a path is that of the model that comes with the package."""
    package = Path(str(resources.files("hpt_bayes")))
    return any(Path(path) == folder / DEFAULT for folder in candidates(package))


def candidates(package: Path) -> tuple[Path, ...]:
    """Return where models may be for a package folder: its own copy first, its checkout only when it is in one.

    Args:
        package: the folder hpt_bayes was imported from.
    """
    root = package.parent
    installed = root.name in ("site-packages", "dist-packages")
    return (package / PACKAGED,) if installed else (package / PACKAGED, root / CHECKOUT)


def model_path(path: str | Path | None) -> Path:
    """Return the model folder or foreign file that is meant.

    Args:
        path: as given; None looks at HPT_BAYES_MODEL, then at the packaged model.

    Raises:
        EvidenceError: something else than a name.
        ModelFileError: nothing is there.
    """
    given = path if path is not None else os.environ.get(ENVIRONMENT) or None
    if given is None:
        return models_folder() / DEFAULT
    found = path_of(given)
    if found.name == MANIFEST and found.is_file():
        return found.parent
    if not found.exists():
        source = "" if path is not None else f" (from {ENVIRONMENT})"
        raise ModelFileError(f"expected a model folder or a network file, found nothing{source}", str(found))
    if found.is_dir() and not (found / MANIFEST).is_file():
        raise ModelFileError(f"expected a model folder with {MANIFEST}, found none", str(found))
    return found
