"""Tells every setting as a table: for the reference page, and for an operator who asks."""

from __future__ import annotations

import click
from pydantic.fields import FieldInfo
from sqlalchemy import make_url

from app.foundation.settings import Settings, read_settings

_HEAD = """# Settings

Each is an environment variable, read once at start. A missing or wrong one stops the start and
names itself. `script/server` fills in what it makes itself: the private database, a secret key,
the demo's addresses. Written by `script/straatbeeld settings --reference`.

| name | default | what it is |
|---|---|---|
"""


_DATABASES = {"database_url", "map_database_url"}


def settings_reference() -> str:
    """Return the reference page of all settings, as Markdown."""
    lines = [
        f"| `{name.upper()}` | {_default(field)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return _HEAD + "".join(lines)


def settings_in_use(settings: Settings) -> str:
    """Return what this installation chose, one line each; no password and no key is told."""
    return "\n".join(
        f"{name.upper()}={_told(name, getattr(settings, name))}" for name in Settings.model_fields
    )


@click.command("settings")
@click.option("--reference", is_flag=True, help="Write the reference page of all settings.")
def settings_command(*, reference: bool) -> None:
    """What this installation chose, without its secrets."""
    if reference:
        click.echo(settings_reference(), nl=False)
    else:
        click.echo(settings_in_use(read_settings()))


def _told(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in _DATABASES:
        return make_url(str(value)).render_as_string(hide_password=True)
    return str(value)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    return "–" if field.default in (None, "") else f"`{field.default}`"
