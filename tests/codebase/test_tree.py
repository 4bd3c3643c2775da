"""The scan of the tree finds what does not belong to us."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codebase.tree import complaints


class TestTheScanOfTheTree:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("node_modules/leaflet/index.js", "own()"),
            ("static/vendor/map.js", "own()"),
            ("static/js/chart.min.js", "own()"),
            ("static/fonts/letters.woff2", "letters"),
            ("uv.lock", "version = 1"),
            ("package-lock.json", '{"resolved": "somewhere"}'),
            ("requirements.lock", "--index-url somewhere"),
        ],
    )
    def test_complains_about_what_belongs_to_others(
        self, tmp_path: Path, name: str, content: str
    ) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

        assert len(list(complaints([path], tmp_path))) == 1

    def test_has_nothing_against_our_own(self, tmp_path: Path) -> None:
        path = tmp_path / "static" / "js" / "map.js"
        path.parent.mkdir(parents=True)
        path.write_text("export const zoom = 12;")

        assert list(complaints([path], tmp_path)) == []
