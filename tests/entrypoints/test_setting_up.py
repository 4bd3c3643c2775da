"""The page that sets up a municipality, followed word by word in an empty database."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from shutil import copyfile

import click
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import text

from app.entrypoints.command_line import cli
from app.entrypoints.demo.categories import CATEGORIES_FILE
from app.entrypoints.demo.places import demo_areas
from app.foundation.database import Database
from app.foundation.provided import Provided
from tests.codebase.tree import CHECKOUT

PAGE = (CHECKOUT / "docs/how-to/set-up-your-municipality.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line) for line in re.findall(r"^    script/straatbeeld (.+)$", PAGE, re.MULTILINE)
]


def followed(provided: Provided, words: list[str]) -> Result:
    """Run a command of the page with the services of the test."""
    group: click.Command = cli
    while isinstance(group, click.Group):
        group, words = group.commands[words[0]], words[1:]
    return CliRunner().invoke(group, words, obj=provided)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the page says one has: its own files, an outline, the demo's categories."""
    for name, content in re.findall(r"^```toml\n# (\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.M):
        (tmp_path / name).write_text(content, encoding="utf-8")
    whole = next(one for one in demo_areas() if one["properties"]["kind"] == "municipality")
    outline = {**whole, "properties": {"gemeente": "Steenbergen"}}
    (tmp_path / "gemeente.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [outline]}), encoding="utf-8"
    )
    copyfile(CATEGORIES_FILE, tmp_path / "categories.toml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestAnEmptyDatabase:
    def test_becomes_a_municipality_by_following_the_page(
        self, provided: Provided, web: FlaskClient
    ) -> None:
        # The database of a test has been migrated already.
        migrating, *afterwards = COMMANDS
        done = [followed(provided, words) for words in afterwards]

        assert migrating == ["migrate"]
        assert [one.output for one in done if one.exception is not None] == []
        answer = web.post(
            "/api/v1/reports",
            json={
                "location": {"type": "Point", "coordinates": [4.319, 51.585]},
                "category": "verlichting.lamp-brandt-niet",
                "description": "De lamp voor de deur brandt al een week niet.",
            },
        )
        assert answer.status_code == 201, answer.text
        with provided.get(Database).transaction() as transaction:
            to = transaction.connection.scalar(
                text("SELECT code FROM party JOIN task ON task.party_id = party.id")
            )
        assert to == "lichtwacht"
        link = re.search(r"http://127\.0\.0\.1:8000(/uitnodiging/\S+)", done[-2].output)
        assert link is not None
        assert "carla@gemeente.example" in web.get(link[1]).text
