"""Commands that list what can be entered and ordered: findings, studies, settings, constraints."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import click

from hpt_bayes.cli.shared import emit, network_of, shared_options


def _catalogue(kind: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command that lists one kind of name, or describes one of them."""

    def decorate(command: Callable[..., None]) -> click.Command:
        @wraps(command)
        def run(name: str | None, model_path: str | None, as_json: bool) -> None:
            from hpt_bayes.reasoning.knowledge.catalogue import catalogue

            listing = catalogue(network_of(model_path), kind, name)
            emit(as_json, listing.to_dict, listing.blocks)

        return click.command(name=kind)(click.argument("name", required=False)(shared_options(run)))

    return decorate


@_catalogue("findings")
def findings() -> None:
    """What can be entered: names, states, units. With NAME, everything about one finding."""


@_catalogue("studies")
def studies() -> None:
    """The studies that can be ordered. With NAME, its burden, ratings and order text."""


@_catalogue("settings")
def settings() -> None:
    """The settings and their entry rules."""


@_catalogue("constraints")
def constraints() -> None:
    """The constraints a case can carry. With NAME, what it rules out."""
