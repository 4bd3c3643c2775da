"""Complains about committed files that belong to others or say where packages came from."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

_FONTS = {".woff", ".woff2", ".ttf", ".otf", ".eot"}
_LARGEST_BYTES = 2_000_000
#: Files that record the addresses of packages, whatever stands in them.
_LOCKS_WITH_ADDRESSES = {"uv.lock", "pylock.toml", "poetry.lock", "yarn.lock", "pnpm-lock.yaml"}
#: Where packages are served from; none of it belongs in the project.
_REGISTRIES = re.compile(
    r"(files\.python" + r"hosted\.org|pypi\.org/simple|registry\.npm" + r"js\.org"
    r"|registry\.yarn" + r"pkg\.com|proxy\.gol" + r"ang\.org)"
)
_LOCK_ADDRESS = re.compile(r'"resolved":|--(extra-)?index-url|--find-links|@ (https?|file)://')


def complaints(paths: Iterable[Path], root: Path) -> Iterator[str]:
    """Yield one sentence for each thing that should not be in the tree."""
    for path in paths:
        name = path.relative_to(root)
        if "node_modules" in name.parts or name.parts[:2] == ("static", "vendor"):
            yield f"{name}: packages of others are installed, not committed"
        if name.suffix in _FONTS:
            yield f"{name}: fonts come from a package"
        if name.name.endswith((".min.js", ".min.css")):
            yield f"{name}: built files are built, not committed"
        if name.name in _LOCKS_WITH_ADDRESSES:
            yield f"{name}: this kind of lock holds addresses; see requirements.lock"
        if not path.is_file() or path.is_symlink():
            continue
        if path.stat().st_size > _LARGEST_BYTES:
            yield f"{name}: larger than {_LARGEST_BYTES} bytes"
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if _REGISTRIES.search(text):
            yield f"{name}: names the host of a package registry"
        if name.name in {"requirements.lock", "requirements-node.lock", "package-lock.json"} and (
            _LOCK_ADDRESS.search(text)
        ):
            yield f"{name}: the lock holds an address"


def committed(root: Path) -> list[Path]:
    """Return the files git knows in `root`."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [root / name for name in listed.split("\0") if name]


if __name__ == "__main__":
    found = list(complaints(committed(CHECKOUT), CHECKOUT))
    print("\n".join(found))
    sys.exit(1 if found else 0)
