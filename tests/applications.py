"""The web application under the tests: made once for all tests that want the same of it.

Making one takes longer than most pages do. Its templates are read anew by each, and compiled once.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app.entrypoints.web import create_app
from app.foundation.provided import Provided, attach
from app.foundation.settings import Settings
from app.identity.access import Recognition


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, by their text and by all that tells their compiler apart."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[object, ...], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if this was compiled before."""
        if (compiled := self._compiled.get(_known_by(bucket))) is not None:
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._compiled[_known_by(bucket)] = bucket.bytecode_to_string()


def _known_by(bucket: Bucket) -> tuple[object, ...]:
    compiler = bucket.environment
    return (
        bucket.key,
        bucket.checksum,
        type(compiler),
        tuple(sorted(compiler.extensions)),
        compiler.optimized,
        # Said by an extension, of texts to translate.
        getattr(compiler, "newstyle_gettext", None),
        compiler.is_async,
        # One that is missing is told when the template is compiled.
        frozenset(compiler.filters),
        frozenset(compiler.tests),
    )


class Applications:
    """Whole web applications by their settings, each put on the services of the present test."""

    def __init__(self) -> None:
        self._made: list[tuple[Settings, Flask, Recognition]] = []

    def on(self, services: Provided) -> Flask:
        """Return an application on these services.

        It is the one of the last test with these settings. A test that changes an application, as
        by adding a page to it, makes one of its own.
        """
        settings = services.get(Settings)
        application, recognition = self._with(settings) or self._make(services)
        services.put(Recognition, recognition)
        attach(application.extensions, services)
        application.jinja_env.globals["settings"] = settings
        return application

    def _with(self, settings: Settings) -> tuple[Flask, Recognition] | None:
        alike = _but_for_the_folder(settings)
        return next(
            ((made, recognition) for known, made, recognition in self._made if known == alike), None
        )

    def _make(self, services: Provided) -> tuple[Flask, Recognition]:
        application = create_app(services)
        application.testing = True
        recognition = services.get(Recognition)
        self._made.append((_but_for_the_folder(services.get(Settings)), application, recognition))
        return application, recognition


def _but_for_the_folder(settings: Settings) -> Settings:
    # Each test has one of its own, and whoever wants it asks the settings of the request.
    return settings.model_copy(update={"data_dir": Path()})
