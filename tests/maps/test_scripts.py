"""The scripts of the pages are typed by their comments, and one look fits every catalogue code."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class TestTheScriptsOfThePages:
    def test_keep_to_their_types(self) -> None:
        compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
        node = shutil.which("node")
        if node is None:
            pytest.skip("no Node on the path; script/assets brought its own")

        checked = subprocess.run(
            [node, str(compiler), "-p", "jsconfig.json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

        assert checked.stdout == ""


class TestTheSprite:
    def test_has_a_shape_of_its_own_for_every_main_category(self) -> None:
        catalogue = ROOT / "app/entrypoints/demo/data/categories.toml"
        codes = [main["code"] for main in tomllib.loads(catalogue.read_text("utf-8"))["main"]]
        sprite = (ROOT / "static/img/icons.svg").read_text("utf-8")

        shapes = dict(re.findall(r'id="category-([a-z]+)"[^>]*>(.*?)</symbol>', sprite))

        assert set(codes) <= set(shapes)
        assert len(set(shapes.values())) == len(shapes)
