"""The dialogue of the quiz: reads a line, asks the session, prints blocks 80 columns wide; keeps the record."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from hpt_bayes.display.rows import Rows, to_text
from hpt_bayes.errors import EvidenceError, HptBayesError
from hpt_bayes.network.network import Network
from hpt_bayes.teaching.forecast import probabilities, row_named
from hpt_bayes.teaching.record import Record
from hpt_bayes.teaching.session import Session
from hpt_bayes.teaching.shown import patient_blocks

_WIDTH = 80
_LONGEST = 1_000
_HELP = "At any question: ? lists the names, p shows the patient, u undoes, q saves and stops."


class _Quit(Exception):
    """The learner stops."""


class _Undone(Exception):
    """The last step is taken back, so another question comes."""


class Dialogue:
    """One sitting of a learner.

    Args:
        network: the model.
        begin: has a new patient for a number and the record.
        record: of the learner so far.
        path: of the record; None to keep none.
    """

    def __init__(
        self, network: Network, begin: Callable[[int, Record], Session], record: Record, path: Path | None
    ) -> None:
        self._network = network
        self._begin = begin
        self._record = record
        self._path = path
        self._session: Session | None = None

    def run(self, seed: int, *, resume: bool) -> None:
        """Patients until the learner stops or the input ends; the record is saved after every step.

        Args:
            seed: of the first patient.
            resume: whether to go on with the patient left last time.

        Raises:
            EvidenceError: no patient fits, or the record cannot be written.
        """
        session = self._resumed() if resume else None
        session = self._begin(seed, self._record) if session is None else session
        _say(_HELP)
        try:
            while True:
                self._work_up(session)
                self._line("Another patient? Enter for yes, q to stop.", {})
                seed += 1
                session = self._begin(seed, self._record)
        except (_Quit, _Undone, click.Abort, KeyboardInterrupt):
            click.echo()
        self._save()
        _show(self._record.progress().blocks())
        _say("Goodbye: nothing is kept; --record FILE keeps it." if self._path is None else f"Saved in {self._path}.")

    def _resumed(self) -> Session | None:
        """The case left last time, or None; one that cannot be gone on with is given up, and said so."""
        if self._record.open is None:
            return None
        try:
            session = self._record.resumed(self._network)
        except HptBayesError as error:
            _say(f"{error}. Here is another patient.")
            self._record = replace(self._record, open=None)
            return None
        _say("Going on with the patient you left.")
        return session

    def _work_up(self, session: Session) -> None:
        """One patient from the first findings to the scores."""
        self._session = session
        _show(patient_blocks(session.standing))
        while not session.finished:
            try:
                after = self._forecast(session) if session.expects_forecast else self._next(session)
            except _Undone:
                after = _undone(session)
            except HptBayesError as error:
                _say(str(error))
                continue
            further = len(after.steps) > len(session.steps)
            if after is not session and not after.finished:
                self._record = self._record.left(after) if after.steps else replace(self._record, open=None)
                self._save()
            self._session = session = after
            if further:
                _show(session.last_blocks())
        _show(session.summary().blocks())
        self._session = None
        self._record = self._record.finished(session)
        self._save()

    def _forecast(self, session: Session) -> Session:
        """Probabilities of causes and place, asked for until they are understood."""
        earlier = session.forecast
        keep = " Enter keeps your last." if earlier else ""
        text = self._line(f"How likely is each cause, in per cent? E.g. 60 ectopic, 25 fhh.{keep}", session.causes)
        if not text and earlier is not None:
            return session.commit(earlier.causes, earlier.regions)
        causes = probabilities(text, session.causes)
        kept = earlier.regions if earlier is not None else {}
        leave = "Enter keeps your last" if kept else "Enter leaves it out"
        while True:
            text = self._line(f"Where is the gland? E.g. 50 neck left, 30 thymus. {leave}.", session.regions)
            try:
                return session.commit(causes, text or kept)
            except EvidenceError as error:
                _say(str(error))

    def _next(self, session: Session) -> Session:
        """A study, or the decision; the same session where only a question was asked."""
        studies = session.studies
        question = "What next? A study by number or name (f and its name: what it would show), d to decide."
        text = self._line(question, studies)
        word, _, rest = text.casefold().partition(" ")
        if word in ("d", "decide") and not rest:
            return self._decision(session)
        if word == "f":
            shown = session.study_frequencies(self._study(rest, studies)) if rest else session.frequencies()
            _show(shown.blocks())
            return session
        return session.order(self._study(text, studies))

    def _study(self, text: str, studies: Mapping[str, str]) -> str:
        """A study by number, by its words, or by a finding it shows."""
        return _chosen(text, studies, {name: " ".join(self._network.studies[name].reveals) for name in studies})

    def _decision(self, session: Session) -> Session:
        """The action the learner would take; none is an answer too."""
        while True:
            text = self._line("What would you do? By number or name; Enter for none.", session.actions)
            try:
                return session.decide(_chosen(text, session.actions) if text else "")
            except EvidenceError as error:
                _say(str(error))

    def _line(self, question: str, names: Mapping[str, str]) -> str:
        """One answer; what can be asked at any question is answered here."""
        while True:
            click.echo()
            _say(question)
            text = str(click.prompt("", default="", show_default=False, prompt_suffix="> ")).strip()
            if len(text) > _LONGEST:
                _say(f"Expected an answer of at most {_LONGEST:,} characters, found {len(text):,}.")
                continue
            asked = text.casefold()
            if asked in ("q", "quit"):
                raise _Quit
            if asked in ("u", "undo"):
                raise _Undone
            if asked in ("p", "patient") and self._session is not None:
                _show(patient_blocks(self._session.standing))
            elif asked in ("?", "help"):
                for number, label in enumerate(names.values(), 1):
                    click.echo(textwrap.fill(f"{number:3}  {label}", _WIDTH, subsequent_indent="     "))
                _say(_HELP)
            else:
                return text

    def _save(self) -> None:
        if self._path is not None:
            self._record.save(self._path)


def _undone(session: Session) -> Session:
    if not session.steps:
        _say("There is nothing to undo.")
        return session
    earlier = session.undo()
    _say("Undone. " + ("You are back at the beginning." if not earlier.steps else "The step before stands again."))
    return earlier


def _chosen(text: str, names: Mapping[str, str], also: Mapping[str, str] | None = None) -> str:
    """A name by its number in the list, or by its words.

    Raises:
        EvidenceError: neither fits.
    """
    if not text:
        raise EvidenceError("nothing is given; ? lists the names")
    if text.isdecimal():
        number = int(text)
        if not 1 <= number <= len(names):
            raise EvidenceError(f"expected a number from 1 to {len(names)}, found {number}")
        return list(names)[number - 1]
    return row_named(text, names, also or {})


def _show(blocks: Sequence[Rows]) -> None:
    shown = [block for block in blocks if block.cells or block.notes]
    if shown:
        click.echo(f"\n{to_text(shown, _WIDTH)}", nl=False)


def _say(text: str) -> None:
    click.echo(textwrap.fill(text, _WIDTH))
