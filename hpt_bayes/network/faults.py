"""What to do with a fault of a model file: loading stops at the first, checking collects them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hpt_bayes.errors import ModelFileError


class Faults:
    """Receives faults: raises each at once, or collects them when `collect` is True.

    Args:
        collect: True to keep every fault in `found` and carry on.
    """

    def __init__(self, collect: bool = False) -> None:
        self.collect = collect
        self.found: list[ModelFileError] = []

    def __call__(self, fault: ModelFileError) -> None:
        """Take one fault.

        Raises:
            ModelFileError: the fault itself, unless faults are collected.
        """
        if not self.collect:
            raise fault
        if str(fault) not in {str(known) for known in self.found}:
            self.found.append(fault)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Run a block; a ModelFileError raised in it is taken as a fault."""
        try:
            yield
        except ModelFileError as fault:
            self(fault)


STRICT = Faults()
