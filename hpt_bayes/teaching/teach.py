"""Where a lesson begins: a simulated patient, one who shows the trap that is due, or a published case."""

from __future__ import annotations

from hpt_bayes.errors import EvidenceError
from hpt_bayes.evidence.number import checked_whole
from hpt_bayes.network.load import load_network
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.teaching.patients import patient_showing, published_patient, published_patients, simulated_patient
from hpt_bayes.teaching.record import Record
from hpt_bayes.teaching.session import Session, begin
from hpt_bayes.teaching.traps import Trap, trap_named


def teach(
    setting: str = "", *, seed: int = 0, trap: str = "", record: Record | None = None, network: Network | None = None
) -> Session:
    """Begin to work up a simulated patient.

    Args:
        setting: of the patient, e.g. "persistent"; when empty the settings take turns with the seed.
        seed: the same seed gives the same patient.
        trap: the patient shows this one at first, e.g. "fhh"; any patient when empty.
        record: of the learner; without a `trap`, the one that is due there is taken, where a patient can show it.
        network: the model; the packaged one when None.

    Returns:
        A session before anything is done.

    Raises:
        EvidenceError: a seed below 0, an unknown setting or trap, nobody shows the trap, or a network without settings.
    """
    network = load_network() if network is None else network
    _require_setting(network, setting)
    names = [setting] if setting else list(network.settings)
    turn = checked_whole("seed", seed, 0) % len(names)
    in_turn = [*names[turn:], *names[:turn]]
    if trap:
        found = _first_showing(network, in_turn, seed, trap_named(trap))
        if found is None:
            where = f"the setting {setting}" if setting else "any setting"
            raise EvidenceError(f"no patient drawn in {where} shows the trap {trap}; choose another")
        return found
    due = [trap_named(name) for name in record.due] if record is not None else []
    for waiting in due:
        # Every patient faces a trap that is always open, so those that need a patient of their own are served.
        found = _first_showing(network, in_turn, seed, waiting) if waiting.lines else None
        if found is not None:
            return found
    return begin(network, simulated_patient(network, in_turn[0], seed))


def teach_published(name: str, network: Network | None = None) -> Session:
    """Begin to work up a published case with a proven diagnosis.

    Args:
        name: of the case, see `published_cases`.
        network: the model; the packaged one when None.

    Returns:
        A session before anything is done; the patient's name in it tells nothing.

    Raises:
        EvidenceError: an unknown name, or a network without settings.
    """
    network = load_network() if network is None else network
    _require_setting(network, "")
    return begin(network, published_patient(network, name))


def published_cases(setting: str = "", *, trap: str = "", network: Network | None = None) -> tuple[str, ...]:
    """Names of the published cases; a name may tell the diagnosis.

    Args:
        setting: only cases of this setting; all when empty.
        trap: only cases that show this trap at first; all when empty.
        network: the model; the packaged one when None.

    Raises:
        EvidenceError: an unknown setting or trap.
    """
    network = load_network() if network is None else network
    _require_setting(network, setting)
    cases = [each for each in published_patients(network) if not setting or setting in each.settings]
    if trap:
        wanted = trap_named(trap).name
        cases = [each for each in cases if wanted in begin(network, each).faced]
    return tuple(each.origin.name for each in cases)


def _first_showing(network: Network, settings: list[str], seed: int, trap: Trap) -> Session | None:
    """A patient who shows a trap, of the first setting that has one."""
    for name in settings:
        patient = patient_showing(network, name, seed, trap)
        if patient is not None:
            return begin(network, patient)
    return None


def _require_setting(network: Network, setting: str) -> None:
    if not network.settings:
        raise EvidenceError(f"{network.id} has no settings, so nobody can be worked up in it")
    if setting and setting not in network.settings:
        raise EvidenceError(f"unknown setting {setting!r}; {hint(setting, network.settings)}")
