"""Networks of other programs, read and written through pgmpy; the only file of the package that imports it.

State names are compared with the file's own text: a reader that renames or loses a name is corrected where the order
of states tells which is which, and refused where it does not. Written names are made safe one to one, and the map
is returned.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import warnings
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from hpt_bayes.errors import ModelFileError
from hpt_bayes.network.model_text import decoded, read_data
from hpt_bayes.network.nearest import hint
from hpt_bayes.network.network import Network
from hpt_bayes.network.variables import Place, Variable

FORMATS = ("bif", "xmlbif", "net", "xdsl")
_READERS = {"bif": "BIFReader", "xmlbif": "XMLBIFReader", "net": "NETReader", "xdsl": "XDSLReader"}
_WRITERS = {"bif": "BIFWriter", "xmlbif": "XMLBIFWriter", "net": "NETWriter", "xdsl": "XDSLWriter"}
_SUM_TOLERANCE = 0.02


@dataclass(frozen=True)
class NameMap:
    """How names were written: ours -> the file's.

    Args:
        variables: variable -> name in the file.
        states: variable -> state -> name in the file.
    """

    variables: Mapping[str, str]
    states: Mapping[str, Mapping[str, str]]

    @property
    def changed(self) -> dict[str, str]:
        """Only what differs, states as variable=state."""
        found = {ours: theirs for ours, theirs in self.variables.items() if ours != theirs}
        for name, states in self.states.items():
            found |= {f"{name}={ours}": theirs for ours, theirs in states.items() if ours != theirs}
        return found


def read_foreign(path: Path) -> Network:
    """Read a network file of another program.

    Args:
        path: .bif, .bif.gz, .xmlbif, .net or .xdsl.

    Returns:
        A network with variables and tables only, `foreign` True; rows that do not sum to one because of printed
        digits are renormalised.

    Raises:
        ModelFileError: a file pgmpy cannot read (a cycle too), state names it changes beyond recognition, rows that
            sum to something else.
    """
    data = read_data(path)
    name = path.name.lower()
    try:
        plain = gzip.decompress(data) if name.endswith(".gz") else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ModelFileError(f"expected a gzip file, found: {error}", str(path)) from None
    text = decoded(plain, str(path))
    if not text.strip():
        raise ModelFileError("expected a network, found an empty file", str(path))
    kind = name.removesuffix(".gz").rsplit(".", 1)[-1]
    model = _read(kind, text, path)
    if not model.nodes():
        raise ModelFileError(f"expected a .{kind} file pgmpy can read, found no variable in it", str(path))
    written = _written_states(kind, text)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(model.nodes()))
    graph.add_edges_from(model.edges())
    variables: dict[str, Variable] = {}
    tables: dict[str, NDArray[np.float64]] = {}
    for node in nx.lexicographical_topological_sort(graph):
        cpd = model.get_cpds(node)
        if cpd is None:
            raise ModelFileError(f"expected a table for {node}, found none", str(path))
        parents = tuple(str(parent) for parent in cpd.variables[1:])
        states = _states(str(node), [str(state) for state in cpd.state_names[node]], written, path)
        table = np.ascontiguousarray(np.moveaxis(np.asarray(cpd.values, dtype=float), 0, -1))
        tables[str(node)] = _normalised(str(node), table, path)
        variables[str(node)] = Variable(
            str(node), str(node), "finding", states, parents, place=Place(str(path), None, None)
        )
    return Network(
        id=path.name.split(".")[0],
        version="",
        title=path.name,
        scope="A network of another program, read as it is.",
        path=str(path),
        digest=hashlib.sha256(data).hexdigest(),
        variables=variables,
        tables=tables,
        foreign=True,
    )


def to_pgmpy(network: Network) -> tuple[Any, NameMap]:
    """Return a pgmpy model of a network, names made safe, and the map of names."""
    variables = _unique(network.variables)
    states = {name: _unique(variable.states) for name, variable in network.variables.items()}
    with _quiet():
        from pgmpy.factors.discrete import TabularCPD
        from pgmpy.models import DiscreteBayesianNetwork

        model = DiscreteBayesianNetwork()
        model.add_nodes_from(variables.values())
        for name, variable in network.variables.items():
            model.add_edges_from((variables[parent], variables[name]) for parent in variable.parents)
        for name, variable in network.variables.items():
            table = np.moveaxis(network.tables[name], -1, 0).reshape(variable.size, -1)
            model.add_cpds(
                TabularCPD(
                    variables[name],
                    variable.size,
                    table,
                    evidence=[variables[parent] for parent in variable.parents],
                    evidence_card=[network.variables[parent].size for parent in variable.parents],
                    state_names={variables[each]: list(states[each].values()) for each in (name, *variable.parents)},
                )
            )
    return model, NameMap(variables, states)


def write_foreign(network: Network, path: Path, kind: str) -> NameMap:
    """Write a network for another program.

    Args:
        network: as loaded.
        path: to write.
        kind: bif, xmlbif, net or xdsl.

    Returns:
        How names were written.

    Raises:
        ModelFileError: an unknown format.
    """
    if kind not in FORMATS:
        raise ModelFileError(f"expected a format, found {kind!r}; {hint(kind, FORMATS)}", str(path))
    model, names = to_pgmpy(network)
    with _quiet():
        from pgmpy import readwrite

        writer = getattr(readwrite, _WRITERS[kind])(model)
        getattr(writer, {"net": "write_net", "xdsl": "write_xdsl"}.get(kind, f"write_{kind}"))(str(path))
    return names


class _quiet(warnings.catch_warnings):
    """pgmpy warns about itself when imported; those warnings are not the user's."""

    def __enter__(self) -> Any:
        found = super().__enter__()
        warnings.simplefilter("ignore")
        return found


def _read(kind: str, text: str, path: Path) -> Any:
    with _quiet():
        from pgmpy import readwrite

        try:
            return getattr(readwrite, _READERS[kind])(string=text).get_model()
        except Exception as error:  # pgmpy raises whatever its parser raises
            found = " ".join(str(error).split())[:200] or type(error).__name__
            raise ModelFileError(f"expected a .{kind} file pgmpy can read, found: {found}", str(path)) from None


def _written_states(kind: str, text: str) -> dict[str, list[str]]:
    """Return the state names as they stand in the file, by variable."""
    if kind == "bif":
        found = re.findall(
            r'variable\s+"?([^\s"{]+)"?\s*\{[^{}]*?type\s+discrete\s*\[\s*\d+\s*\]\s*\{(.*?)\}\s*;', text, re.S
        )
        return {name: [state.strip().strip('"') for state in states.split(",")] for name, states in found}
    if kind == "xmlbif":
        root = ElementTree.fromstring(text)
        return {
            str(each.findtext("NAME")): [str(outcome.text) for outcome in each.iter("OUTCOME")]
            for each in root.iter("VARIABLE")
        }
    if kind == "xdsl":
        root = ElementTree.fromstring(text)
        return {
            str(each.get("id")): [str(state.get("id")) for state in each.iter("state")] for each in root.iter("cpt")
        }
    nodes = re.findall(r"node\s+(\S+)\s*\{.*?states\s*=\s*\((.*?)\)\s*;", text, re.S)
    return {name: re.findall(r'"([^"]*)"', states) for name, states in nodes}


def _states(node: str, read: list[str], written: Mapping[str, list[str]], path: Path) -> tuple[str, ...]:
    names = written.get(node, read)
    same = len(names) == len(read) and all(_plain(a) == _plain(b) for a, b in zip(names, read, strict=True))
    if not same:
        raise ModelFileError(
            f"expected state names of {node} that survive reading (letters, digits and _), found {', '.join(names)} "
            f"read as {', '.join(read)}",
            str(path),
        )
    return tuple(names)


def _plain(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", name)


def _normalised(node: str, table: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    total = table.sum(axis=-1, keepdims=True)
    if table.min() < 0 or np.abs(total - 1.0).max() > _SUM_TOLERANCE:
        worst = float(total.flat[int(np.argmax(np.abs(total - 1.0)))])
        raise ModelFileError(f"expected rows of {node} that sum to 1, found the sum {worst:.6g}", str(path))
    table = table / total
    table.flags.writeable = False
    return table


def _unique(names: Iterable[str]) -> dict[str, str]:
    """Return safe names, one to one: letters, digits and _, starting with a letter."""
    found: dict[str, str] = {}
    for name in names:
        words = name.replace("+", "_or_more").replace("@", "_at_").replace("<", "lt_").replace(">", "gt_")
        safe = re.sub(r"[^0-9A-Za-z_]", "_", words)
        if not safe[:1].isalpha():
            safe = f"s_{safe}"
        tail, candidate = 2, safe
        while candidate in found.values():
            candidate, tail = f"{safe}_{tail}", tail + 1
        found[name] = candidate
    return found
