"""Every fault a model file can have: where it is, what it says, and that `check` finds it too."""

# ruff: noqa: E501  (one case a line, to be read as a table)

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.check import check_network
from hpt_bayes.network.load import load_network


class Case(NamedTuple):
    """Replace `old` by `new` in `file`; the fault stands at `needle` (its first place in the new file)."""

    name: str
    file: str
    old: str
    new: str
    needle: str
    says: str


LESION = "- {when: {setting: first_time}, p: {none: 0.1, adenoma: 0.8}, ess: 100"
GENE = "- {when: {syndrome: men1}, p: {pathogenic: 0.9, vus: 0.03}, ess: 30, basis: measured, evidence: [series_b]}"
CHILD = "- {when: {age: child}, p: {men1: 0.2}}"
RULE = "- {when: {lesion: adenoma}, state: SA}"
SENS = "- {when: {gland_site: mediastinum}, p: 0.6}"


def corrupt(old: str, new: str) -> tuple[str, str]:
    """Return an edit that adds a corrupted reading with one fault."""
    entry = "corrupted_by: {variable: gene, state: vus, edges: [10], p: [0.2, 0.8], basis: judged, why: t}"
    return "  scaled_by_limit: true", f"  {entry.replace(old, new)}"


CASES = [
    # the YAML itself
    Case("syntax", "causes.yaml", RULE, "- {when: {lesion: adenoma}, state: [}", "}\n    - {when: {lesion: hyper", "expected valid YAML"),
    Case("duplicate key", "causes.yaml", "  role: context\n  states: [first", "  role: context\n  role: cause\n  states: [first", "role: cause\n  states: [first", "expected each key once, found 'role' again"),
    Case("anchor", "causes.yaml", "states: [first_time, persistent]", "states: &s [first_time, persistent]", "&s [", "found the anchor &s"),
    Case("alias", "causes.yaml", "states: [first_time, persistent]", "states: *s", "*s", "found the alias *s"),
    Case("tag", "causes.yaml", "label: Setting", "label: !!str Setting", "!!str", "found the tag"),
    Case("list as key", "causes.yaml", "label: Setting", "[label]: Setting", "[label]", "expected a plain name as key"),
    Case("alias as key", "causes.yaml", "label: Setting", "*a : Setting", "*a", "found the alias *a"),
    Case("second document", "studies.yaml", "- name: gene\n", "---\n- name: gene\n", "---", "expected one YAML document"),
    # records
    Case("unknown key", "causes.yaml", "  label: Setting", "  lable: Setting", "lable", "found 'lable'; nearest valid name: 'label'"),
    Case("unknown key in a row", "causes.yaml", CHILD, "- {when: {age: child}, p: {men1: 0.2}, es: 3}", "es: 3", "nearest valid name: 'ess'"),
    Case("key at", "causes.yaml", CHILD, "- {when: {age: child}, p: {men1: 0.2}, at: 3}", "at: 3", "found 'at'"),
    Case("missing key", "causes.yaml", "  role: latent\n  states: [small, large]", "  states: [small, large]", "name: lesion_size", "expected the key 'role', found none"),
    Case("role", "causes.yaml", "role: latent\n  states: [small", "role: latnet\n  states: [small", "latnet", "nearest valid name: 'latent'"),
    Case("text for number", "causes.yaml", "ess: 1000", "ess: many", "many, basis", "expected a number for ess, found the text 'many'"),
    Case("not positive", "causes.yaml", "ess: 1000", "ess: 0", "0, basis: judged, why: by definition}", "expected a number above 0 for ess"),
    Case("no provenance", "findings.yaml", GENE, "- {when: {syndrome: men1}, p: {pathogenic: 0.9, vus: 0.03}, ess: 30}", "{when: {syndrome: men1}, p: {pathogenic", "add basis"),
    Case("no evidence", "findings.yaml", GENE, GENE.replace(", evidence: [series_b]", ""), "{when: {syndrome: men1}, p: {pathogenic", "add evidence: [keys]"),
    Case("no why", "findings.yaml", GENE, GENE.replace("measured", "judged"), "{when: {syndrome: men1}, p: {pathogenic", "add why"),
    Case("no formula", "findings.yaml", GENE, GENE.replace("measured", "derived"), "{when: {syndrome: men1}, p: {pathogenic", "add formula"),
    Case("no size", "findings.yaml", GENE, GENE.replace("ess: 30, ", ""), "{when: {syndrome: men1}, p: {pathogenic", "add ess or range"),
    Case("range backwards", "findings.yaml", GENE, GENE.replace("ess: 30", "range: [1, 0]"), "[1, 0]", "expected range: [low, high]"),
    Case("evidence key", "findings.yaml", GENE, GENE.replace("series_b", "serie_b"), "serie_b", "found 'serie_b'; nearest valid name: 'series_b'"),
    Case("evidence key as text", "findings.yaml", GENE, GENE.replace("[series_b]", "serie_b"), "serie_b", "nearest valid name: 'series_b'"),
    Case("when and otherwise", "findings.yaml", GENE, GENE.replace("ess", "otherwise: true, ess"), "{when: {syndrome: men1}, p: {pathogenic", "either when or otherwise: true, found both"),
    Case("neither", "findings.yaml", GENE, GENE.replace("when: {syndrome: men1}, ", ""), "{p: {pathogenic: 0.9", "found neither"),
    Case("rule without when", "causes.yaml", RULE, "- {state: SA}", "{state: SA}", "found neither"),
    # variables
    Case("kind", "causes.yaml", "kind: deterministic", "kind: determinstic", "determinstic", "nearest valid name: 'deterministic'"),
    Case("no table", "findings.yaml", "  table: {kind: table, rows: [{otherwise: true, p: {present: 0.3}, ess: 50, basis: judged, why: common}]}", "  table: none", "none\n- name: scarred", "expected a table with its kind"),
    Case("duplicate variable", "findings.yaml", "- name: gene\n", "- name: fhh\n", "fhh\n  role: finding\n  states: [path", "expected each variable once, found 'fhh' again"),
    Case("parent", "findings.yaml", "parents: [usual_calcium]", "parents: [usual_calcum]", "usual_calcum]", "found 'usual_calcum'; nearest valid name: 'usual_calcium'"),
    Case("parent twice", "findings.yaml", "parents: [usual_calcium]", "parents: [usual_calcium, usual_calcium]", "[usual_calcium, usual", "expected each parent once"),
    Case("cycle", "causes.yaml", "  role: cause\n  states: [none, men1]\n  aliases: {MEN-1: men1}\n  parents: [setting, age]", "  role: cause\n  states: [none, men1]\n  aliases: {MEN-1: men1}\n  parents: [setting, age, lesion]", "syndrome", "expected no cycle among parents, found syndrome -> lesion -> syndrome"),
    Case("states and steps", "causes.yaml", "  steps: [18, 40]", "  states: [a, b]\n  steps: [18, 40]", "name: age", "expected either states or steps of age, found both"),
    Case("no states", "causes.yaml", "  states: [small, large]\n", "", "name: lesion_size", "found neither"),
    Case("state twice", "causes.yaml", "states: [small, large]", "states: [small, small]", "[small, small]", "expected each state of lesion_size once"),
    Case("generated states", "findings.yaml", "  also: [ct]", "  states: [negative]", "[negative]", "they are generated"),
    Case("steps rise", "causes.yaml", "steps: [18, 40]", "steps: [40, 18]", "18]\n  support", "expected rising edges"),
    Case("steps are numbers", "causes.yaml", "steps: [18, 40]", "steps: [18, old]", "old]", "expected a number"),
    Case("steps are a list", "causes.yaml", "steps: [18, 40]", "steps: 18", "18\n  support", "expected a list of edges"),
    Case("support", "causes.yaml", "support: [0, 90]", "support: [20, 90]", "[20, 90]", "expected support around the steps"),
    Case("group range", "causes.yaml", "child: [null, 18]", "child: [null, 17]", "[null, 17]", "found 17; nearest edge: 18"),
    Case("empty group", "causes.yaml", "child: [null, 18]", "child: [40, 18]", "[40, 18]", "expected a group 'child' that holds a step"),
    Case("group state", "causes.yaml", "disease: [adenoma, hyperplasia]", "disease: [adenoma, hyperplasai]", "hyperplasai", "nearest valid name: 'hyperplasia'"),
    Case("group no list", "causes.yaml", "disease: [adenoma, hyperplasia]", "disease: adenoma", "adenoma}\n  parents", "expected states or a range"),
    Case("alias of a state", "causes.yaml", "aliases: {MEN-1: men1}", "aliases: {MEN-1: men2}", "{MEN-1", "nearest valid name: 'men1'"),
    # rows
    Case("state in a row", "causes.yaml", LESION, LESION.replace("adenoma", "adenomma"), "adenomma", "nearest valid name: 'adenoma'"),
    Case("state in a pattern", "causes.yaml", LESION, LESION.replace("first_time", "frist_time"), "frist_time", "nearest valid name: 'first_time'"),
    Case("base over a stranger", "causes.yaml", LESION, LESION.replace("setting:", "seting:"), "seting:", "nearest valid name: 'setting'"),
    Case("parent in a pattern", "causes.yaml", CHILD, "- {when: {aeg: child}, p: {men1: 0.2}}", "aeg", "expected a parent of this table, found 'aeg'"),
    Case("group in a pattern", "causes.yaml", CHILD, "- {when: {age: chidl}, p: {men1: 0.2}}", "chidl", "nearest valid name: 'child'"),
    Case("empty pattern list", "causes.yaml", CHILD, "- {when: {age: []}, p: {men1: 0.2}}", "[]}", "found an empty list"),
    Case("pattern of a list", "causes.yaml", CHILD, "- {when: [age], p: {men1: 0.2}}", "[age]", "expected conditions like"),
    Case("pattern of nothing", "causes.yaml", CHILD, "- {when: {age: null}, p: {men1: 0.2}}", "null}, p", "expected a name, found nothing"),
    Case("probability", "causes.yaml", CHILD, "- {when: {age: child}, p: {men1: 1.2}}", "1.2}", "expected a probability between 0 and 1"),
    Case("probability as text", "causes.yaml", CHILD, "- {when: {age: child}, p: {men1: often}}", "often}}", "expected a number, found the text 'often'"),
    Case("p as a number", "causes.yaml", CHILD, "- {when: {age: child}, p: 0.2}", "0.2}\n", "expected numbers by state or a list"),
    Case("sum of a list", "causes.yaml", "p: [0.1, 0.6, 0.3]", "p: [0.1, 0.6, 0.4]", "[0.1, 0.6, 0.4]", "found the sum 1.1"),
    Case("sum by state", "causes.yaml", "p: {none: 0.98, men1: 0.02}", "p: {none: 0.97, men1: 0.02}", "{none: 0.97", "found the sum 0.99"),
    Case("length", "causes.yaml", "p: [0.1, 0.6, 0.3]", "p: [0.1, 0.9]", "[0.1, 0.9]", "expected 3 probabilities (none, adenoma, hyperplasia), found 2"),
    Case("two left out", "findings.yaml", "p: {pathogenic: 0.9, vus: 0.03}", "p: {pathogenic: 0.9}", "{pathogenic: 0.9}", "at most one state left out of a row, found 2: vus, negative"),
    Case("state twice in a row", "causes.yaml", "p: {none: 0.98, men1: 0.02}", "p: {MEN-1: 0.98, men1: 0.02}", "{MEN-1: 0.98", "found one twice"),
    Case("uncovered", "findings.yaml", "    " + GENE + "\n", "", "kind: table\n    reading", "found none for {syndrome: men1}"),
    Case("covered twice", "causes.yaml", "- {when: {lesion: adenoma}, p: {large", "- {when: {lesion: [none, adenoma]}, p: {large", "{when: {lesion: [none, adenoma]}", "found {lesion: none} covered here and at"),
    Case("otherwise first", "causes.yaml", "- {when: {lesion: [none, hyperplasia]}, p", "- {otherwise: true, p", "{otherwise: true, p: {large", "expected the otherwise row last"),
    Case("otherwise of nothing", "findings.yaml", "    " + GENE + "\n", "    " + GENE + "\n    " + GENE.replace("when: {syndrome: men1}", "when: {syndrome: none}") + "\n", "{when: {syndrome: none}, p: {pathogenic: 0,", "covered here and at"),
    Case("zero", "causes.yaml", "p: {present: 0.05}", "p: {present: 0}", "0}, ess: 40", "say why with structural_zeros"),
    Case("zero left out", "causes.yaml", "p: {present: 0.05}", "p: {present: 1}", "{present: 1}", "fhh: absent, found 0"),
    Case("multiplier as list", "causes.yaml", "odds: {hyperplasia: 12}", "odds: [1, 2, 3]", "[1, 2, 3]", "expected odds by state"),
    Case("negative multiplier", "causes.yaml", "odds: {hyperplasia: 12}", "odds: {hyperplasia: -1}", "-1}", "expected a multiplier of 0 or more"),
    Case("zero multiplier", "causes.yaml", "odds: {hyperplasia: 12}", "odds: {hyperplasia: 0}", "0}, range", "expected a multiplier above 0"),
    Case("multiplier's state", "causes.yaml", "odds: {hyperplasia: 12}", "odds: {hyperplasai: 12}", "hyperplasai", "nearest valid name: 'hyperplasia'"),
    Case("rule's state", "causes.yaml", RULE, "- {when: {lesion: adenoma}, state: SAA}", "{when: {lesion: adenoma}, state: SAA", "nearest valid name: 'SA'"),
    Case("rules uncovered", "causes.yaml", "    - {otherwise: true, state: NONE}\n", "", "kind: deterministic", "end with otherwise: true"),
    Case("rules' otherwise", "causes.yaml", RULE, "- {otherwise: true, state: SA}", "{otherwise: true, state: SA}", "expected the otherwise rule last"),
    Case("cause without condition", "findings.yaml", "- {when: {fhh: present}, p: {hyper", "- {when: {}, p: {hyper", "{when: {}, p: {hyper", "found no condition"),
    Case("cause's state", "findings.yaml", "p: {hypercalcemia: 0.03}", "p: {hypercalcaemia: 0.03}", "hypercalcaemia", "nearest valid name: 'hypercalcemia'"),
    Case("cause's sum", "findings.yaml", "p: {hypercalcemia: 0.6, known_syndrome: 0.05}", "p: {hypercalcemia: 0.6, known_syndrome: 0.5}", "{hypercalcemia: 0.6", "found the sum 1.1"),
    Case("reports", "findings.yaml", "reports: [neck, mediastinum]", "reports: [neck, mediastinm]", "mediastinm]", "nearest valid name: 'mediastinum'"),
    # network.yaml
    Case("neighbor", "network.yaml", "neighbors: [left_inferior]", "neighbors: [left_inferor]", "[left_inferor]", "nearest valid name: 'left_inferior'"),
    Case("site twice", "network.yaml", "- {name: left_inferior,", "- {name: left_superior,", "left_superior, label: Left inferior", "expected each site once"),
    Case("site group", "network.yaml", "  ectopic: [mediastinum]", "  ectopic: [mediastinm]", "orthotopic: [", "found 'mediastinm'"),
    Case("site without state", "causes.yaml", "mediastinum, multiple, none]\n  parents: [lesion]", "mediastinun, multiple, none]\n  parents: [lesion]", "gland_site\n  role: anatomy", "expected a site for every state of gland_site, found none for 'mediastinun'"),
    Case("state without site", "network.yaml", "- {name: multiple, label", "- {name: chest, label: Chest, region: r, approach: a}\n- {name: multiple, label", "chest, label", "expected a state of gland_site, found 'chest'"),
    Case("diagnosis event", "network.yaml", "when: {lesion: hyperplasia}}", "when: {lesin: hyperplasia}}", "lesin", "expected a variable in this event, found 'lesin'; nearest valid name: 'lesion'"),
    Case("event's state", "network.yaml", "when: {lesion: hyperplasia}}", "when: {lesion: hyperplasai}}", "hyperplasai", "nearest valid name: 'hyperplasia'"),
    Case("empty event", "network.yaml", "when: {lesion: hyperplasia}}", "when: []}", "[]}", "expected an event, found an empty list"),
    Case("event of text", "network.yaml", "when: {lesion: hyperplasia}}", "when: hyperplasia}", "hyperplasia}", "expected an event like"),
    Case("diagnosis twice", "network.yaml", "- {name: hyperplasia, label: Hyperplasia", "- {name: adenoma, label: Hyperplasia", "adenoma, label: Hyper", "expected each diagnosis once"),
    Case("diagnoses cover", "network.yaml", "- {name: hyperplasia, label: Hyperplasia, when: {lesion: hyperplasia}}\n", "", "- {name: adenoma", "found none for {lesion: hyperplasia, fhh: absent}"),
    Case("gate exclusive", "network.yaml", "when: {lesion: disease, fhh: absent}", "when: {lesion: disease}", "{name: fhh, label: FHH, when: {fhh: present}}\n- {name: none", "expected exclusive rows in gate"),
    Case("label_in", "network.yaml", "label_in: {persistent:", "label_in: {persistant:", "{persistant", "nearest valid name: 'persistent'"),
    Case("setting", "network.yaml", "- {name: persistent, label: P", "- {name: persistant, label: P", "persistant, label", "expected a state of setting, found 'persistant'; nearest valid name: 'persistent'"),
    Case("case definition setting", "network.yaml", "settings: [persistent]", "settings: [persistant]", "[persistant]", "nearest valid name: 'persistent'"),
    Case("case definition variable", "network.yaml", "enters: {calcium_case_definition: met}", "enters: {calcium_case_defintion: met}", "{calcium_case_defintion: met}}\nd", "nearest valid name: 'calcium_case_definition'"),
    Case("case definition state", "network.yaml", "enters: {calcium_case_definition: met}", "enters: {calcium_case_definition: mett}", "{calcium_case_definition: mett}", "nearest valid name: 'met'"),
    Case("alias variable", "network.yaml", "operated: {variable: setting,", "operated: {variable: seting,", "seting", "nearest valid name: 'setting'"),
    Case("alias state", "network.yaml", "absent: [first_time]", "absent: [first]", "[first]", "found 'first'; nearest valid name: 'first_time'"),
    Case("alias name", "network.yaml", "  operated: {variable", "  gene: {variable", "{variable: setting, present", "expected a name no variable has, found 'gene'"),
    Case("alias entry", "network.yaml", "  operated: {variable: setting, present: [persistent], absent: [first_time]}", "  operated: setting", "setting\nstop", "expected variable and states of operated"),
    Case("aliases no mapping", "network.yaml", "alias_findings:\n  operated: {variable: setting, present: [persistent], absent: [first_time]}", "alias_findings: [operated]", "[operated]", "expected findings by name"),
    Case("stop line", "network.yaml", "adjusted_calcium: normal", "adjusted_calcum: normal", "adjusted_calcum", "nearest valid name: 'adjusted_calcium'"),
    Case("target", "network.yaml", "site: gland_site", "site: gland_sit", "gland_sit}", "nearest valid name: 'gland_site'"),
    Case("file missing", "network.yaml", "files: [causes.yaml,", "files: [cause.yaml,", "", "expected a readable model file, found none"),
    # analytes
    Case("level", "analytes.yaml", "level: usual_calcium", "level: usual_calcum", "usual_calcum", "nearest valid name: 'usual_calcium'"),
    Case("no level", "analytes.yaml", "  level: usual_calcium\n", "", "name: adjusted", "expected the level adjusted_calcium reads, found none"),
    Case("factor", "analytes.yaml", "mmol/L: 4.008", "mmol/L: 0", "0}\n  plausible: [4", "expected a number above 0 for mmol/L"),
    Case("own unit", "analytes.yaml", "units: {mg/dL: 1, mmol/L: 4.008}", "units: {mg/dL: 2, mmol/L: 4.008}", "{mg/dL: 2", "expected the factor 1"),
    Case("no units", "analytes.yaml", "  units: {g/dL: 1, g/L: 0.1}\n", "", "name: albumin", "expected units of albumin"),
    Case("plausible", "analytes.yaml", "plausible: [4, 30]", "plausible: [30, 4]", "[30, 4]", "expected plausible: [low, high]"),
    Case("analyte twice", "analytes.yaml", "- name: albumin", "- name: adjusted_calcium", "adjusted_calcium\n  label: Albumin", "expected each analyte once"),
    Case("analyte is a variable", "analytes.yaml", "- name: adjusted_calcium", "- name: gene", "gene\n", "expected a name no variable has"),
    Case("other name", "findings.yaml", "also: [ct]", "also: [gene]", "scan\n  label", "found 'gene', a name of gene"),
    # studies
    Case("reveals", "studies.yaml", "reveals: [scan]", "reveals: [scna]", "[scna]", "nearest valid name: 'scan'"),
    Case("acr", "studies.yaml", "acr: {persistent:", "acr: {persistant:", "{persistant", "nearest valid name: 'persistent'"),
    Case("rating", "studies.yaml", "persistent: usually_appropriate", "persistent: usualy_appropriate", "usualy_app", "nearest valid name: 'usually_appropriate'"),
    Case("needs", "studies.yaml", "needs: {setting:", "needs: {seting:", "seting", "nearest valid name: 'setting'"),
    Case("constraint", "studies.yaml", "when: pregnancy", "when: pregnant", "pregnant", "nearest valid name: 'pregnancy'"),
    Case("constraint event", "studies.yaml", "when: {age: child}", "when: {age: chidl}", "chidl", "nearest valid name: 'child'"),
    Case("study twice", "studies.yaml", "- name: gene", "- name: scan", "scan\n  label: Gene", "expected each study once"),
    Case("four findings", "studies.yaml", "reveals: [scan]", "reveals: [scan, gene, washout, family_history]", "[scan, gene, w", "at most 3 entries"),
    # a corrupted reading
    Case("corrupting variable", "analytes.yaml", *corrupt("variable: gene", "variable: gnee"), "gnee", "expected a variable, found 'gnee'; nearest valid name: 'gene'"),
    Case("corrupting state", "analytes.yaml", *corrupt("state: vus", "state: vsu"), "vsu", "nearest valid name: 'vus'"),
    Case("corrupted bins", "analytes.yaml", *corrupt("p: [0.2, 0.8]", "p: [0.2, 0.3, 0.5]"), "[0.2, 0.3, 0.5]", "expected 2 probabilities for 1 edges, found 3"),
    Case("corrupted sum", "analytes.yaml", *corrupt("p: [0.2, 0.8]", "p: [0.2, 0.7]"), "[0.2, 0.7]", "found the sum 0.9"),
    Case("points as a list", "analytes.yaml", "  scaled_by_limit: true", "  points: [[1, 8], [2, 9]]", "[[1, 8]", "expected points: {pairs:"),
    Case("analyte group", "analytes.yaml", "  scaled_by_limit: true", "  groups: {high: [10.4, null]}", "{high", "found 10.4; nearest edge: 10.5"),
    Case("level without steps", "findings.yaml", "  steps: [9.0, 10.5, 12.0]\n  support: [7.0, 16.0]\n  groups: {low: [null, 9.0], normal: [9.0, 10.5], high: [10.5, null]}\n", "  states: [a, b, c, d]\n  groups: {high: [c, d], normal: [b]}\n", "", "expected"),
    # what else must agree
    Case("no variable for the settings", "causes.yaml", "- name: setting\n", "- name: seting\n", "", "expected"),
    Case("setting without entry", "network.yaml", "- {name: persistent, label: P", "- {name: first_time, label: P", "", "found none for 'persistent'"),
    Case("names as a mapping", "causes.yaml", "parents: [lesion, fhh]", "parents: {lesion: fhh}", "{lesion: fhh}", "expected a list of names"),
    Case("groups as a list", "causes.yaml", "groups: {disease: [adenoma, hyperplasia]}", "groups: [disease]", "[disease]", "expected a mapping"),
    Case("certain leak", "findings.yaml", "role: finding\n  question: Does anybody in the family have high calcium?", "role: latent", "", "expected every state of family_history to be possible"),
    Case("wrong target kind", "network.yaml", "etiology: diagnoses", "etiology: lesion", "lesion, site", "expected 'diagnoses' for etiology, found the text 'lesion'"),
    Case("comma in a text", "causes.yaml", "why: mostly first operations", "why: mostly first, as a rule", "as a rule", "a comma inside { } ends a text without quotes"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_fault_is_found_at_its_place(tiny: Path, case: Case) -> None:
    path = tiny / case.file
    before = path.read_text(encoding="utf-8")
    assert before.count(case.old) >= 1
    after = before.replace(case.old, case.new, 1)
    path.write_text(after, encoding="utf-8")
    with pytest.raises(ModelFileError) as caught:
        load_network(tiny)
    assert case.says in caught.value.message
    if case.needle:
        assert caught.value.file == str(path)
        assert (caught.value.line, caught.value.column) == _position(after, case.needle)
        assert str(caught.value).startswith(f"{path}:{caught.value.line}:{caught.value.column}: expected")
    assert str(caught.value) in {str(fault) for fault in check_network(tiny)}


def _position(text: str, needle: str) -> tuple[int, int]:
    at = text.index(needle)
    at += next((i for i, word in enumerate(("name: ",)) if needle.startswith(word) and i), 0)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def test_check_collects_faults_of_all_files(tiny: Path) -> None:
    for file, old, new in [
        ("causes.yaml", "odds: {hyperplasia: 12}", "odds: {hyperplasai: 12}"),
        ("causes.yaml", "state: MGD", "state: MDG"),
        ("findings.yaml", "  question: Does", "  qestion: Does"),
        ("findings.yaml", "{pathogenic: 0, vus: 0.02}", "{pathogenic: 0, vus: 1.02}"),
        ("studies.yaml", "reveals: [gene]", "reveals: [family_history]"),
        ("analytes.yaml", "level: usual_calcium", "level: usual_calcum"),
        ("network.yaml", "neighbors: [left_inferior]", "neighbors: [left_inferor]"),
    ]:
        path = tiny / file
        path.write_text(path.read_text().replace(old, new))
    found = check_network(tiny)
    assert [Path(str(fault.file)).name for fault in found] == [
        "analytes.yaml", "causes.yaml", "causes.yaml", "findings.yaml", "findings.yaml", "network.yaml",
    ]  # fmt: skip
    assert found == sorted(found, key=lambda each: (each.file, each.line, each.column))


def test_check_reads_the_other_files_when_the_manifest_has_a_fault(tiny: Path) -> None:
    path = tiny / "network.yaml"
    path.write_text(path.read_text().replace("scope:", "skope:"))
    path = tiny / "studies.yaml"
    path.write_text(path.read_text().replace("invasiveness: 1", "invasiveness: 7"))
    messages = [fault.message for fault in check_network(tiny)]
    assert any("found 'skope'; nearest valid name: 'scope'" in message for message in messages)
    assert not any("expected the key 'scope'" in message for message in messages), "one fault is said once"
    assert any("expected a number of at most 4 for invasiveness" in message for message in messages)


@pytest.mark.parametrize("name", ["network.yaml", "findings.yaml", "analytes.yaml", "studies.yaml"])
@pytest.mark.parametrize(
    ("content", "says", "place"),
    [
        (b"", "expected a mapping, found an empty file", (1, 1)),
        (b"# only a comment\n", "expected a mapping, found an empty file", (1, 1)),
        (b"null\n", "expected a mapping, found an empty file", (1, 1)),
        (b"\n- a\n- b\n", "expected a mapping at the top of the file, found a list of 2", (2, 1)),
        (b"a: \xe9\n", "expected UTF-8 text, found the byte 0xe9", (1, 4)),
        (b"a: \x07\n", "expected valid YAML", (1, 1)),
    ],
)
def test_useless_file(tiny: Path, name: str, content: bytes, says: str, place: tuple[int, int]) -> None:
    (tiny / name).write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        load_network(tiny)
    assert says in caught.value.message
    assert caught.value.file == str(tiny / name)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda text: text.replace("key,topic", "ky,topic"), "expected a column 'key', found none; nearest valid name: 'ky'"),
        (lambda text: text.replace("series_b,labs", ",labs"), "expected a key, found none"),
        (lambda text: text.replace("series_b,labs", "series_a,labs"), "expected each key once, found 'series_a' again"),
        (lambda text: text.replace("series_b,labs", "series_b,labs,more"), "expected 18 cells, found 19"),
    ],
)  # fmt: skip
def test_evidence_file(tiny: Path, edit: object, says: str) -> None:
    path = tiny / "evidence" / "series.csv"
    path.write_text(edit(path.read_text()))  # type: ignore[operator]
    with pytest.raises(ModelFileError, match=says) as caught:
        load_network(tiny)
    assert caught.value.file == str(path)
    assert caught.value.line == (1 if "column" in says else 3)


def test_evidence_not_utf8(tiny: Path) -> None:
    path = tiny / "evidence" / "series.csv"
    path.write_bytes(path.read_bytes().replace(b"PHPT", b"\xff", 1))
    with pytest.raises(ModelFileError, match="found the byte 0xff") as caught:
        load_network(tiny)
    assert caught.value.line == 2


def test_citations_are_not_held_against_half_the_evidence(tiny: Path) -> None:
    path = tiny / "evidence" / "series.csv"
    path.write_bytes(path.read_bytes().replace(b"PHPT", b"\xff", 1))
    assert [each.file for each in check_network(tiny)] == [str(path)]


def test_a_quote_that_is_never_closed(tiny: Path) -> None:
    path = tiny / "evidence" / "series.csv"
    path.write_text(path.read_text() + '"' + "never closed, " * 20_000)
    with pytest.raises(ModelFileError, match="expected comma-separated values, found: field larger than") as caught:
        load_network(tiny)
    assert caught.value.file == str(path)


@pytest.mark.parametrize("name", ["findings.yaml", "evidence/series.csv", "notes.yaml"])
def test_a_folder_where_a_file_is_expected(tiny: Path, name: str) -> None:
    path = tiny / name
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(ModelFileError, match=r"expected a readable model file, found none .Is a directory.") as caught:
        load_network(tiny)
    assert caught.value.file == str(path)
    assert [each.file for each in check_network(tiny)] == [str(path)]


@pytest.mark.parametrize(("name", "key"), [("findings.yaml", "variables"), ("analytes.yaml", "analytes")])
def test_what_is_no_record_has_its_place(tiny: Path, name: str, key: str) -> None:
    path = tiny / name
    path.write_text(path.read_text() + "\n- 5\n- text\n")
    lines = path.read_text().count("\n")
    with pytest.raises(ModelFileError, match=f"expected a mapping under {key}, found the number 5") as caught:
        load_network(tiny)
    assert (caught.value.file, caught.value.line) == (str(path), lines - 1)


def test_case_definition_is_needed(tiny: Path) -> None:
    path = tiny / "network.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("case_definition")]
    path.write_text("\n".join(lines))
    with pytest.raises(ModelFileError, match=r"expected case_definition in network\.yaml for fhh"):
        load_network(tiny)
