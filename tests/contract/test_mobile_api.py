"""The promise to phones: a document that says what is so, and examples that work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from app.entrypoints.interfaces import MOBILE_VERSION
from app.foundation.database import Database
from app.foundation.provided import Provided
from tests.contract.exchanges import Conversation, Exchange, compared, read
from tests.makers.places import a_small_municipality

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "mobile-api"
DOCUMENT: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
EXAMPLES = [read(path) for path in sorted((FOLDER / "examples").glob("*.json"))]
PREFIX = "/api/v1"

RULES = CHECKOUT.parent / "shared" / "standards" / "adr-2.2-linter.yaml"


@pytest.fixture
def conversation(web: FlaskClient, provided: Provided) -> Conversation:
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)
    return Conversation(web, PREFIX)


def operation_of(exchange: Exchange) -> dict[str, Any]:
    """Return what the document says of the request of an example."""
    asked = exchange.request["path"].partition("?")[0]
    for path, operations in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked):
            operation: dict[str, Any] = operations[exchange.request["method"].lower()]
            return operation
    raise LookupError(asked)


def resolved(described: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to."""
    if "$ref" not in described:
        return described
    found: Any = DOCUMENT
    for step in described["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolved(found)


def is_as_described(value: object, schema: dict[str, Any]) -> None:
    """Check a value against a schema of the document."""
    whole = as_json_schema({**schema, "components": DOCUMENT["components"]})
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


def as_json_schema(schema: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a schema of OpenAPI 3.0 as JSON Schema has it: null is a type there."""
    if isinstance(schema, list):
        return [as_json_schema(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: as_json_schema(inner) for name, inner in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain


class TestTheDocument:
    def test_has_its_version_in_the_changelog(self) -> None:
        told = (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")

        assert f"## {MOBILE_VERSION}" in told
        assert DOCUMENT["info"]["version"] == MOBILE_VERSION

    def test_documents_every_endpoint(self, web: FlaskClient) -> None:
        rules = {
            (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX), method)
            for rule in web.application.url_map.iter_rules()
            if rule.rule.startswith(f"{PREFIX}/") and not rule.rule.endswith("openapi.json")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }

        described = {
            (path, method.upper())
            for path, operations in DOCUMENT["paths"].items()
            for method in operations
            if method != "parameters"
        }
        assert rules == described

    def test_says_of_every_success_its_version_and_of_every_refusal_that_it_is_a_problem(
        self,
    ) -> None:
        wrong = [
            (path, method, status)
            for path, method, status, answer in answers()
            if (
                "API-Version" not in answer.get("headers", {})
                or (status >= "4" and list(answer["content"]) != ["application/problem+json"])
            )
        ]

        assert wrong == []

    def test_gives_every_operation_a_name_of_its_own(self) -> None:
        names = [
            operation.get("operationId")
            for operations in DOCUMENT["paths"].values()
            for method, operation in operations.items()
            if method != "parameters"
        ]

        assert all(names)
        assert len(set(names)) == len(names)

    def test_follows_the_design_rules_of_the_dutch_government(self, tmp_path: Path) -> None:
        rules = Path(os.environ.get("API_DESIGN_RULES", RULES))
        spectral = os.environ.get("SPECTRAL") or shutil.which("spectral")
        if not rules.is_file():
            pytest.skip(f"the rules are not here: {rules.name}; see docs/how-to")
        if spectral is None:
            pytest.skip("spectral is not on this machine; docs/how-to says how to get it")
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(DOCUMENT), encoding="utf-8")

        found = subprocess.run(
            [spectral, "lint", "--ruleset", str(rules), "--fail-severity", "error", str(document)],
            capture_output=True,
            text=True,
            check=False,
        )

        assert found.returncode == 0, found.stdout + found.stderr


def answers() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield every answer that the document describes: path, method, status, description."""
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                for status, answer in operation["responses"].items():
                    yield path, method, status, resolved(answer)


@pytest.mark.parametrize("exchange", EXAMPLES, ids=lambda exchange: exchange.path.stem)
class TestAnExample:
    def test_is_answered_as_it_says(self, conversation: Conversation, exchange: Exchange) -> None:
        answered = conversation.send(exchange)

        told, varies = exchange.answer, exchange.told.get("varies", [])
        assert answered.status_code == told["status"], answered.get_data(as_text=True)
        for name, value in told["headers"].items():
            assert answered.headers[name] == value
        assert compared(answered.get_json(), varies) == compared(told["json"], varies)

    def test_is_as_the_document_describes(
        self, conversation: Conversation, exchange: Exchange
    ) -> None:
        operation = operation_of(exchange)
        status, request = exchange.answer["status"], exchange.request
        media_type = exchange.answer["headers"]["Content-Type"]
        answer = resolved(operation["responses"][str(status)])

        answered = conversation.send(exchange)

        schema = answer["content"][media_type]["schema"]
        is_as_described(exchange.answer["json"], schema)
        is_as_described(answered.get_json(), schema)
        if "json" in request and status < 400:
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            is_as_described(conversation._filled(request["json"]), body)


def test_every_operation_has_an_example() -> None:
    shown = {operation_of(exchange)["operationId"] for exchange in EXAMPLES}

    assert shown == {
        operation["operationId"]
        for operations in DOCUMENT["paths"].values()
        for method, operation in operations.items()
        if method != "parameters"
    }
