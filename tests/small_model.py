"""A small but complete model: the tiny network of the loader's tests with more laboratory, diagnoses, stop lines and
studies, so that every question can be asked of it and the full joint can still be enumerated."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hpt_bayes.network.load import load_network
from hpt_bayes.network.network import Network

TINY = Path(__file__).parent / "network" / "data" / "tiny"

VARIABLES = """\
variables:
- name: pth_assay
  role: cause
  states: [reliable, falsely_high]
  table: {kind: table, rows: [{otherwise: true, p: {falsely_high: 0.02}, ess: 50, basis: judged, why: rare}]}
- name: usual_pth
  label: Usual PTH
  role: level
  unit: xULN
  scale: log
  steps: [0.3, 1, 2, 5]
  support: [0.1, 20]
  groups: {suppressed: [null, 0.3], normal: [0.3, 1], high: [1, null]}
  parents: [gland_class]
  table:
    kind: interval
    edges: [0.3, 1, 2, 5]
    rows:
    - {when: {gland_class: NONE}, p: [0.1, 0.8, 0.08, 0.015, 0.005], ess: 50, basis: judged, why: guess}
    - {when: {gland_class: [SA, MGD]}, p: [0.01, 0.1, 0.5, 0.3, 0.09], ess: 50, basis: judged, why: guess}
    - {when: {gland_class: FHH}, p: [0.05, 0.6, 0.3, 0.04, 0.01], ess: 50, basis: judged, why: guess}
- name: previous_operations
  role: context
  states: ["0", "1", "2+"]
  parents: [setting]
  table:
    kind: table
    structural_zeros: by definition of the settings
    basis: judged
    why: guess
    ess: 20
    rows:
    - {when: {setting: first_time}, p: [1, 0, 0]}
    - {when: {setting: persistent}, p: [0, 0.8, 0.2]}
- name: histology
  role: finding
  states: [adenoma, hyperplasia, normal_only]
  parents: [lesion]
  table:
    kind: table
    structural_zeros: an adenoma is not found where there is none
    basis: judged
    why: guess
    ess: 20
    rows:
    - {when: {lesion: none}, p: [0, 0, 1]}
    - {when: {lesion: adenoma}, p: [0.7, 0.1, 0.2]}
    - {when: {lesion: hyperplasia}, p: [0, 0.8, 0.2]}
- name: years_to_recurrence
  role: finding
  unit: years
  steps: [1, 2, 5]
  support: [0, 30]
  groups: {early: [null, 2], late: [2, null]}
  parents: [lesion]
  table:
    kind: table
    basis: judged
    why: guess
    ess: 20
    rows:
    - {when: {lesion: none}, p: [0.25, 0.25, 0.25, 0.25]}
    - {when: {lesion: adenoma}, p: [0.5, 0.3, 0.15, 0.05]}
    - {when: {lesion: hyperplasia}, p: [0.1, 0.2, 0.3, 0.4]}
- name: cytology
  role: finding
  states: [parathyroid, thyroid]
  parents: [gland_site]
  table:
    kind: table
    target_of: gland_site
    reading_correlation: {value: 0.3, basis: judged, why: the same needle track}
    rows:
    - {when: {target: active_gland}, p: {parathyroid: 0.8}, ess: 40, basis: judged, why: guess}
    - {when: {target: other}, p: {parathyroid: 0.05}, ess: 40, basis: judged, why: guess}
"""

PTH = """\
- name: pth
  label: PTH
  level: usual_pth
  unit: pg/mL
  units: {pg/mL: 1, ng/L: 1, pmol/L: 9.43}
  plausible: [1, 6000]
  analytical_cv: {value: 0.05, basis: judged, why: usual}
  within_person_cv: {value: 0.2, basis: judged, why: usual}
  multiple_of_limit: true
  upper_limits: [{value: 65, weight: 0.6}, {value: 85, weight: 0.4}]
  corrupted_by:
    {variable: pth_assay, state: falsely_high, edges: [1, 5], p: [0.2, 0.6, 0.2], basis: judged, why: guess}
"""

DIAGNOSIS = "- {name: known_men1, label: MEN1, when: {syndrome: men1}, qualifies: true}\ngate:"

STOP_LINES = """\
- {name: suppressed_pth, when: {pth: suppressed}, text: PTH is suppressed.}
- name: young
  when: [{setting: [first_time, persistent], age: child}]
  unless: [gene, years_to_recurrence]
  text: A child; test the gene first.
- {name: normal_level, when: {usual_calcium: normal, gene: [vus, negative]}, text: Nothing is wrong.}
"""

STUDIES = """\
studies:
- name: scan
  label: Scan of neck and chest
  reveals: [scan]
  kind: localisation
  burden:
    cost_usd: {value: 500, range: [300, 900], basis: judged, why: list price}
    dose_msv: {value: 5, range: [2, 9], class: 1-10 mSv, basis: judged, why: usual}
    minutes: {value: 30, basis: judged, why: usual}
    invasiveness: 1
    contrast: iodinated
  acr: {first_time: may_be_appropriate, persistent: usually_appropriate}
  order_text: Scan of neck and chest
  constraints:
  - {when: pregnancy, grade: excluded, reason: radiation, source: [series_a]}
  - {when: {age: child}, grade: caution, reason: dose}
  sequence: [{before: iodinated contrast, text: Scintigraphy first.}]
- name: gene
  label: Gene test
  reveals: [gene]
  group: blood_draw
  kind: genetics
  burden: {cost_usd: {value: 300, basis: judged, why: list price}}
  constraints: [{when: {family_history: known_syndrome}, grade: excluded, reason: the family variant is known}]
- name: blood_panel
  label: Blood panel
  reveals: [adjusted_calcium, pth, family_history]
  group: blood_draw
  kind: biochemistry
  burden: {}
- name: washout
  label: FNA washout
  reveals: [washout]
  kind: confirmatory
  burden: {invasiveness: 2}
  needs: {setting: persistent}
- name: cytology
  label: FNA cytology
  reveals: [cytology]
  kind: confirmatory
  burden: {invasiveness: 2}
- name: records
  label: Old records
  reveals: [thyroid_nodules, age]
  kind: record
  burden: {}
- name: slides
  label: Review of slides
  reveals: [histology, years_to_recurrence]
  kind: record
  burden: {}
constraints:
- {name: pregnancy, label: Pregnancy}
- {name: anticoagulation, label: Anticoagulation}
burden_weights:
  dose_msv: {value: 5.0e-5, basis: judged, why: risk of cancer}
  cost_usd: {value: 1.0e-5, basis: judged, why: scale}
  least: {value: 1.0e-4, basis: judged, why: nothing is free}
"""


def write_small_model(folder: Path) -> Path:
    """Write the model into a folder that does not exist yet, and return the folder."""
    shutil.copytree(TINY, folder)
    manifest = (folder / "network.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("id: tiny", "id: small"),
        ("findings.yaml,", "findings.yaml, more.yaml,"),
        ("gate:", DIAGNOSIS),
    ):
        assert old in manifest, f"the tiny model no longer holds {old!r}"
        manifest = manifest.replace(old, new, 1)
    findings = (folder / "findings.yaml").read_text(encoding="utf-8")
    hidden = "{hidden: [mediastinum], sensitivity: {p: 0.05}}"
    assert hidden in findings, f"the tiny model no longer holds {hidden!r}"
    blind = findings.replace(hidden, "{hidden: [mediastinum], sensitivity: {p: 0}}")
    (folder / "findings.yaml").write_text(blind, encoding="utf-8")
    (folder / "network.yaml").write_text(manifest.rstrip() + "\n" + STOP_LINES, encoding="utf-8")
    (folder / "more.yaml").write_text(VARIABLES, encoding="utf-8")
    analytes = folder / "analytes.yaml"
    analytes.write_text(analytes.read_text(encoding="utf-8").rstrip() + "\n" + PTH, encoding="utf-8")
    (folder / "studies.yaml").write_text(STUDIES, encoding="utf-8")
    return folder


@cache
def small_network() -> Network:
    """The model as loaded, once for all tests that do not change it."""
    with TemporaryDirectory() as folder:
        return load_network(write_small_model(Path(folder) / "small"))
