"""What each process of the web server loads: the application, ending with the server."""

from __future__ import annotations

import os
import signal

from flask import Flask

from app.entrypoints.ground.processes import dying_with_parent
from app.entrypoints.web import create_app as whole_application


def create_app() -> Flask:
    """Return the web application; from now on the kernel ends us with the server's main process."""
    dying_with_parent(signal.SIGTERM, parent=os.getppid())()
    return whole_application()
