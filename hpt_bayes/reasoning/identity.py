"""Which model and which case an answer belongs to; every result carries both."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hpt_bayes.network.locations import is_packaged
from hpt_bayes.network.network import Network


@dataclass(frozen=True)
class ModelIdentity:
    """The model an answer was computed with.

    Attributes:
        id: name of the model.
        version: version of its numbers.
        path: where it was read from.
        digest: SHA-256 over its files, hexadecimal.
    """

    id: str
    version: str
    path: str
    digest: str

    def to_dict(self) -> dict[str, str]:
        """The four fields, JSON-safe."""
        return asdict(self)

    def __str__(self) -> str:
        """Name and version, the start of the digest, and where it was read from unless it came with the package."""
        place = "as packaged" if is_packaged(self.path) else self.path
        named = f"{self.id} {self.version}".rstrip()  # a network of another program has no version
        return f"{named} ({self.digest[:12]}, {place})"


def identity(network: Network) -> ModelIdentity:
    """The identity of a loaded network."""
    return ModelIdentity(network.id, network.version, str(network.path), network.digest)
