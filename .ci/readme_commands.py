"""Print the commands that README.md and models/README.md promise, so that they can be run as written."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def shell_lines(path: Path) -> list[str]:
    """The lines of the ```sh blocks of a page."""
    lines: list[str] = []
    inside = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line.strip() == "```sh"
        elif inside and line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    return lines


def write_files(folder: Path) -> None:
    """Write the files that README prints as `name`: and a block, so that its commands find them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, block in re.findall(r"`(\S+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL):
        (folder / name).write_text(block, encoding="utf-8")


def main(what: str, folder: str = ".") -> None:
    """Print README's `first` or `second` install line or all its hpt-bayes `lines`, or write its `files`."""
    if what == "files":
        write_files(Path(folder))
        return
    readme = shell_lines(ROOT / "README.md")
    installs = [line for line in readme if line.startswith("python3 -m venv")]
    if len(installs) != 2:
        sys.exit(f"README.md: expected two install lines, found {len(installs)}")
    if what == "lines":
        pages = readme + shell_lines(ROOT / "models" / "README.md")
        print("\n".join(line for line in pages if line.startswith("hpt-bayes")))
    else:
        print(installs[{"first": 0, "second": 1}[what]])


if __name__ == "__main__":
    main(*sys.argv[1:])
