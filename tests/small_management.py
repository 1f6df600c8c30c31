"""The small model with actions: every kind of record of management.yaml once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from small_model import write_small_model

from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network

MANAGEMENT = """\
basis: judged
why: for the test
near_tie: {value: 0.01, range: [0.005, 0.02]}
classes:
- {name: fhh, label: FHH, when: {fhh: present}}
- {name: several, label: Several glands, when: [{lesion: hyperplasia}, {syndrome: men1, lesion: adenoma}]}
- {name: single, label: One gland, when: {lesion: adenoma}}
- {name: none, label: No disease, when: {lesion: none}}
regions:
- {name: left, label: left neck, when: {gland_site: neck_left}}
- {name: right, label: right neck, when: {gland_site: neck_right}}
- {name: chest, label: chest, when: {gland_site: mediastinum}}
- {name: elsewhere_or_none, label: no one place, when: {gland_site: [multiple, none]}}
indications:
- {name: met, label: Criterion met, when: {age: child}, share: {value: 0.7, range: [0.5, 0.9]}}
- name: not_met
  label: No criterion met
  when: {age: adult, adjusted_calcium: [low, normal]}
  share: {value: 0.3, range: [0.1, 0.5]}
risks:
- {name: first, label: First operation, when: {setting: first_time}}
- {name: again, label: Operated before}
untreated:
- {name: gland, classes: [single, several], value: {met: 0.3, not_met: 0.1}, range: [0.2, 0.4]}
- {name: fhh, classes: [fhh], value: 0.05, range: [0.01, 0.1]}
- {name: none, classes: [none], value: 0, range: [0, 0.01]}
harms:
- {name: nothing, value: 0, range: [0, 0.01]}
- {name: neck, value: {first: 0.02, again: 0.06}, range: [0.01, 0.03]}
losses:
- {name: needless, classes: [none, fhh], kinds: [operation], value: 0.1, range: [0.05, 0.2]}
- name: wrong_side
  classes: [single]
  regions: [elsewhere]
  kinds: [operation]
  value: {met: 0.03, not_met: 0.05}
  range: [0.01, 0.05]
- {name: any_knife, kinds: [operation], spared: [bilateral], value: 0.01, range: [0.005, 0.02]}
requirements:
- {name: calcium_twice, entered: [adjusted_calcium], times: 2, missing: Calcium confirmed.}
- {name: gene, applies: {setting: persistent}, shown: {gene: negative}, entered: [family_history], missing: Gene test.}
blocks:
- {name: suppressed, lines: [suppressed_pth], kinds: [operation], text: PTH is suppressed}
- {name: child, lines: [young], kinds: [operation, workup], text: test the gene first}
actions:
- {name: observe, label: Observe, kind: observation, harm: nothing}
- name: ask_family
  label: Ask the family
  detail: All first-degree relatives.
  kind: workup
  harm: nothing
  relief: [{name: told, classes: [fhh], value: 0.9, range: [0.7, 1]}]
- name: focused
  label: Focused exploration
  kind: operation
  target: [left, right]
  harm: neck
  requires: [calcium_twice, gene]
  relief:
  - {name: found, classes: [single], regions: [target], value: {first: 0.98, again: 0.9}, range: [0.9, 0.99]}
  - {name: beside_it, classes: [single, several], regions: [target, elsewhere], value: 0.3, range: [0.1, 0.5]}
- name: chest
  label: Chest operation
  kind: operation
  settings: [persistent]
  target: [chest]
  harm: neck
  relief: [{name: found, classes: [single], regions: [target], value: 0.9, range: [0.8, 0.95]}]
- name: bilateral
  label: Bilateral exploration
  kind: operation
  harm: neck
  requires: [calcium_twice]
  relief:
  - {name: seen, classes: [single, several], regions: [left, right, elsewhere_or_none], value: 0.85, range: [0.7, 0.95]}
  contraindications:
  - {when: {family_history: known_syndrome}, reason: the syndrome is known, source: [series_a]}
  - {when: [{setting: persistent, gene: pathogenic}], reason: it would come back, source: common_practice}
"""


def write_small_management(folder: Path, text: str = MANAGEMENT) -> Path:
    """Write the small model with actions into a folder that does not exist yet, and return the folder.

    Args:
        folder: to write.
        text: of management.yaml.
    """
    write_small_model(folder)
    (folder / "management.yaml").write_text(text, encoding="utf-8")
    return folder


@cache
def network_with_actions() -> Network:
    """The model as loaded, once for all tests that do not change it."""
    with TemporaryDirectory() as folder:
        return load_network(write_small_management(Path(folder) / "small"))
