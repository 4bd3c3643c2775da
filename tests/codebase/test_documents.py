"""What is written about the project is true where a machine can tell: links, settings, words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.entrypoints.roles_reference import roles_reference
from app.entrypoints.settings_reference import settings_in_use, settings_reference
from app.entrypoints.stages_reference import stages_reference
from app.foundation.settings import read_settings
from app.identity.permissions import Role
from app.work.model import CaseStage, TaskStage
from tests.codebase.tree import CHECKOUT

DOCUMENTS = sorted(
    path
    for path in (*CHECKOUT.glob("*.md"), *CHECKOUT.glob("*/**/*.md"))
    if not {"node_modules", ".venv", ".data", "vendor"} & set(path.relative_to(CHECKOUT).parts)
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def broken_links(document: Path) -> list[str]:
    """Return the links to files that are not there."""
    named = _LINK.findall(document.read_text(encoding="utf-8"))
    return [
        link
        for link in named
        if "://" not in link
        and not link.startswith("mailto:")
        and not (document.parent / link).exists()
    ]


class TestTheDocuments:
    @pytest.mark.parametrize(
        "document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT))
    )
    def test_point_at_files_that_exist(self, document: Path) -> None:
        assert broken_links(document) == []

    def test_with_a_broken_link_are_found(self, tmp_path: Path) -> None:
        document = tmp_path / "page.md"
        document.write_text("[here](page.md) and [there](gone.md), [far](https://example.org)")

        assert broken_links(document) == ["gone.md"]

    def test_list_every_decision(self) -> None:
        folder = CHECKOUT / "docs" / "decisions"
        listed = set(_LINK.findall((folder / "README.md").read_text(encoding="utf-8")))

        assert listed == {path.name for path in folder.glob("*.md")} - {"README.md"}

    def test_name_every_stage_in_the_glossary(self) -> None:
        glossary = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")

        assert [stage for stage in (*CaseStage, *TaskStage) if f"`{stage}`" not in glossary] == []


class TestTheStages:
    def test_are_drawn_in_the_reference_as_the_tables_allow(self) -> None:
        written = (CHECKOUT / "docs" / "reference" / "stages.md").read_text(encoding="utf-8")

        assert written == stages_reference()


class TestTheRoles:
    def test_are_all_in_the_reference(self) -> None:
        written = (CHECKOUT / "docs" / "reference" / "roles.md").read_text(encoding="utf-8")

        assert written == roles_reference()

    def test_stand_in_the_glossary(self) -> None:
        glossary = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")

        assert [role for role in Role if role.replace("-", " ") not in glossary] == []


class TestTheSettings:
    def test_are_all_in_the_reference(self) -> None:
        written = (CHECKOUT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

        assert written == settings_reference()

    def test_in_use_tell_no_secret(self) -> None:
        settings = read_settings(
            database_url="postgresql://mila:geheim-woord@localhost/meldingen",
            secret_key="a key that nobody may ever read here",
        )

        told = settings_in_use(settings)

        assert "geheim-woord" not in told
        assert "nobody may ever read" not in told
        assert "mila" in told
