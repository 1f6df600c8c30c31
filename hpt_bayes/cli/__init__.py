"""The command line; each command is one public function. Heavy imports wait until a command runs."""

from __future__ import annotations

import click

from hpt_bayes import __version__
from hpt_bayes.cli import (
    answers,
    catalogue,
    cohorts,
    decisions,
    explanations,
    knowledge,
    pictures,
    plans,
    policies,
    quiz,
    sensitivities,
)
from hpt_bayes.cli.shared import Commands


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  hpt-bayes demo
  hpt-bayes posterior persistent-after-failed-exploration
  hpt-bayes next my-patient.yaml --json
  hpt-bayes findings ct_4d
""",
)
@click.version_option(__version__, prog_name="hpt-bayes")
def main() -> None:
    """Reason about hyperparathyroidism: causes, place of the gland, next study.

    CASE is a case file (YAML) or the name of an example case. A research and teaching tool, not a medical device.
    """


for command in (
    answers.demo,
    answers.posterior,
    answers.next,
    decisions.decide,
    plans.plan,
    plans.stopping,
    plans.bundles,
    sensitivities.sensitivity,
    sensitivities.uncertainty,
    explanations.explain,
    explanations.what_if,
    explanations.conflict,
    pictures.plot,
    pictures.diagram,
    pictures.report,
    quiz.quiz,
    policies.compare_policies,
    cohorts.score,
    catalogue.findings,
    catalogue.studies,
    catalogue.settings,
    catalogue.constraints,
    knowledge.check,
    knowledge.sources,
    knowledge.export,
    knowledge.validate,
):
    main.add_command(command)
