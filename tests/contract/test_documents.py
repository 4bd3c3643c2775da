"""The OpenAPI documents in the repository say what the application does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.entrypoints.openapi_commands import DOCUMENTS, example_application, written
from tests.ground import CHECKOUT


@pytest.mark.parametrize("name", DOCUMENTS)
class TestADocument:
    def test_is_the_one_of_the_application(self, name: str, tmp_path: Path) -> None:
        kept = (CHECKOUT / name).read_text(encoding="utf-8")

        assert kept == written(example_application(tmp_path), DOCUMENTS[name]), (
            "run script/straatbeeld openapi, and say in the CHANGELOG beside it what changed"
        )

    def test_has_its_version_in_the_changelog(self, name: str) -> None:
        kept = json.loads((CHECKOUT / name).read_text(encoding="utf-8"))
        changes = (CHECKOUT / name).with_name("CHANGELOG.md").read_text(encoding="utf-8")

        assert f"## {kept['info']['version']}\n" in changes
