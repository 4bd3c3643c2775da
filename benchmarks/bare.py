"""The least a web application can do: a bare Flask endpoint that inserts one row and commits.

It takes the same requests on the same server, in the same shell, and on the same database: JSON or
multipart, a photo written to disk for good. What Straatbeeld costs more than this is what
Straatbeeld does.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from app.entrypoints.ground.web_process import in_shell
from app.entrypoints.ground.web_shell import WebShell
from app.foundation.settings import read_settings

TABLE = "CREATE TABLE IF NOT EXISTS bare_row (id uuid PRIMARY KEY, body text NOT NULL)"


def create_app() -> WebShell:
    """Return the application; each thread has its own connection."""
    app = Flask(__name__)
    mine = threading.local()
    photos = Path(os.environ["DATA_DIR"]) / "photos"

    def connection() -> psycopg.Connection[Any]:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(os.environ["DATABASE_URL"])
        kept: psycopg.Connection[Any] = mine.connection
        return kept

    @app.get("/")
    def ready() -> str:
        return "ready"

    @app.post("/api/v1/reports")
    def insert() -> ResponseReturnValue:
        if request.mimetype == "application/json":
            body = request.get_json()
        else:
            body = json.loads(request.form["report"])
            with (photos / f"{uuid4()}").open("wb") as file:
                file.write(request.files["photo"].read())
                file.flush()
                os.fsync(file.fileno())
        row_id = uuid4()
        with connection().transaction():
            connection().execute(
                "INSERT INTO bare_row (id, body) VALUES (%s, %s)", (row_id, json.dumps(body))
            )
        return jsonify(id=str(row_id)), 201

    return in_shell(app, read_settings())
