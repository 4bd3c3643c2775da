"""Holds answers of an interface against its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Described:
    """An OpenAPI document, and what it says of requests below its prefix."""

    document: Mapping[str, Any]
    prefix: str

    def check(self, answered: TestResponse) -> None:
        """Check status, kind, headers and content of an answer.

        Raises:
            LookupError: the document does not speak of this request or answer.
            jsonschema.ValidationError: the content is another than described.
        """
        request = answered.request
        operation = self._operation(request.path, request.method)
        told = self._resolved(operation["responses"][str(answered.status_code)])
        for name in told.get("headers", {}):
            if name not in answered.headers:
                raise LookupError(f"no header {name}")
        schema = told["content"][answered.mimetype]["schema"]
        whole = _as_json_schema({**schema, "components": self.document["components"]})
        jsonschema.Draft202012Validator(
            whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        ).validate(answered.get_json())

    def _operation(self, path: str, method: str) -> dict[str, Any]:
        asked = path.removeprefix(self.prefix)
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), asked):
                operation: dict[str, Any] = operations[method.lower()]
                return operation
        raise LookupError(path)

    def _resolved(self, described: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in described:
            found: Any = self.document
            for step in described["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            described = found
        return described


def _as_json_schema(schema: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a schema of OpenAPI 3.0 as JSON Schema has it: null is a type, nothing is extra."""
    if isinstance(schema, list):
        return [_as_json_schema(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _as_json_schema(inner) for name, inner in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain
