"""What each process of the web server loads: the application in its shell, ending with it."""

from __future__ import annotations

import os
import signal

from flask import Flask

from app.entrypoints.ground.freed_memory import keep_freed_memory, look_seldom_for_cycles
from app.entrypoints.ground.processes import dying_with_parent
from app.entrypoints.ground.web_bodies import BodyBounds
from app.entrypoints.ground.web_shell import WebShell
from app.entrypoints.web import MAX_REQUEST_BYTES, MAX_TEXT_BYTES
from app.entrypoints.web import create_app as whole_application
from app.entrypoints.wiring import wire
from app.foundation.settings import Settings, read_settings


def create_app() -> WebShell:
    """Return the web application; from now on the kernel ends us with the server's main process."""
    dying_with_parent(signal.SIGTERM, parent=os.getppid())()
    settings = read_settings()
    shell = in_shell(whole_application(wire(settings)), settings)
    look_seldom_for_cycles()
    return shell


def in_shell(application: Flask, settings: Settings) -> WebShell:
    """Return `application` as the server runs it in this installation."""
    keep_freed_memory()
    return WebShell(
        application,
        threads=settings.web_threads,
        bounds=BodyBounds(
            most_bytes=MAX_REQUEST_BYTES,
            most_text_bytes=MAX_TEXT_BYTES,
            silence_seconds=settings.body_silence_seconds,
            grace_seconds=settings.body_grace_seconds,
            least_bytes_per_second=settings.body_least_bytes_per_second,
            longest_seconds=settings.body_longest_seconds,
            at_once=settings.bodies_at_once,
            at_once_of_one_client=None
            if settings.trusted_proxies
            else settings.bodies_at_once_of_one_client,
        ),
        folder=settings.data_dir,
    )
