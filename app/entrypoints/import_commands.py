"""The group of commands that bring in what others keep; each capability brings its own."""

from __future__ import annotations

import click

from app.geography.commands.areas import import_areas_command
from app.geography.commands.assets import import_assets_command
from app.geography.commands.taking_back import list_imports_command, undo_import_command


@click.group("import")
def import_() -> None:
    """Bring in areas, objects, categories, parties and agreements."""


import_.add_command(import_areas_command)
import_.add_command(import_assets_command)
import_.add_command(list_imports_command)
import_.add_command(undo_import_command)
