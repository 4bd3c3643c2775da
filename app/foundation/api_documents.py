"""What every interface for programs has in common: its document, its problems, its version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from apispec import BasePlugin
from flask import Flask, Request, Response, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser

from app.foundation.cached_answers import versioned_answer
from app.foundation.errors import DomainError, FieldError, said_of_fields

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_MEDIA_TYPE = "application/problem+json"

VERSION_HEADER = "API-Version"

#: A refusal or a fault, as RFC 9457 has it; some kinds bring members of their own.
PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "What kind of problem it is; stays the same between versions.",
            "example": "urn:straatbeeld:problem:outside-service-area",
        },
        "title": {"type": "string", "example": "Outside service area"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "example": 422},
        "detail": {"type": "string", "description": "A sentence for people, in English."},
        "errors": {
            "type": "array",
            "description": "The fields that are not right.",
            "items": {
                "type": "object",
                "required": ["in", "location", "code", "detail"],
                "properties": {
                    "in": {"type": "string", "enum": ["body", "query", "header", "path"]},
                    "location": {
                        "type": "string",
                        "description": "A JSON pointer in the body, or the name of the field.",
                        "example": "#/location",
                    },
                    "code": {"type": "string", "example": "outside-service-area"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

_VERSION_HEADER_DOCUMENT = {
    "description": "The full version of this interface.",
    "schema": {"type": "string", "example": "1.0.0"},
}

_RETRY_AFTER_DOCUMENT = {
    "description": "After how many seconds it may be tried again.",
    "schema": {"type": "integer", "minimum": 1},
}


class NameSchema(Schema):
    """A name in both languages."""

    nl = fields.String(required=True)
    en = fields.String(required=True)


class ArgumentsRefused(DomainError):
    """Something in the request is not right."""


class _Arguments(FlaskParser):
    """Reads queries and bodies; what is not right becomes a refusal that names each field."""

    DEFAULT_VALIDATION_STATUS = HTTPStatus.BAD_REQUEST

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401  # whatever marshmallow gives
        """Return the query.

        Raises:
            ArgumentsRefused: a name that means one thing stands there more than once; two
                readers would not take the same one.
        """
        repeated = [
            name
            for name, values in req.args.lists()
            if len(values) > 1 and not isinstance(schema.fields.get(name), fields.List)
        ]
        if repeated:
            twice = tuple(
                FieldError(name, "duplicate-field", "This name stands there twice.", "query")
                for name in repeated
            )
            raise ArgumentsRefused(said_of_fields(twice), errors=twice)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Refuse the request.

        Raises:
            ArgumentsRefused: with every field that is not right.
        """
        said = error.normalized_messages()  # type: ignore[no-untyped-call]  # the library carries no types
        wrong = tuple(
            fault
            for location, messages in said.items()
            for fault in _field_errors(
                messages, location="query" if location == "query" else "body"
            )
        )
        raise ArgumentsRefused(said_of_fields(wrong), errors=wrong) from None

    def _handle_invalid_json_error(
        self,
        error: Any,  # noqa: ANN401  # whatever marshmallow gives
        req: Request,
        *args: Any,  # noqa: ANN401  # whatever marshmallow gives
        **named: Any,  # noqa: ANN401  # whatever marshmallow gives
    ) -> NoReturn:
        raise ArgumentsRefused("This is not JSON that can be read.") from None


def _field_errors(messages: object, *, location: str, field: str = "") -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            whole = f"{field}.{name}" if field else str(name)
            yield from _field_errors(inner, location=location, field=whole)
        return
    for sentence in messages if isinstance(messages, list) else [messages]:
        code = CODE_OF_SENTENCE.get(str(sentence), "invalid")
        yield FieldError(field.removesuffix("._schema"), code, str(sentence), location)


#: marshmallow's sentences that have a code of their own for programs.
CODE_OF_SENTENCE: Mapping[str, str] = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown-field",
}


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """A blueprint whose arguments are refused with a problem that names the field (400)."""

    # A name that means nothing here was meant to mean something.
    ARGUMENTS_PARSER = _Arguments(unknown=RAISE)


class _Version(BasePlugin):
    """Writes the version header into every answer of the document that is no refusal."""

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        **named: Any,  # noqa: ANN401  # whatever marshmallow gives
    ) -> None:
        for operation in (operations or {}).values():
            for status, answer in operation.get("responses", {}).items():
                if str(status).startswith(("2", "3")) and isinstance(answer, dict):
                    answer.setdefault("headers", {})[VERSION_HEADER] = VERSION_HEADER


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """An interface for programs with its OpenAPI document, open to every origin.

    Every answer that is a success names the version header, every refusal is a problem. The
    house's own error handlers stay in force.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to the house: pages need theirs as well."""

    def _init_spec(self, **options: Any) -> None:  # noqa: ANN401  # whatever marshmallow gives
        super()._init_spec(extra_plugins=[_Version()], **options)

    def _register_responses(self) -> None:
        components = self.spec.components
        components.schema("Problem", component=dict(PROBLEM_SCHEMA))
        components.header(VERSION_HEADER, dict(_VERSION_HEADER_DOCUMENT), lazy=True)
        components.header("Retry-After", dict(_RETRY_AFTER_DOCUMENT), lazy=True)
        for status in HTTPStatus:
            answer: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                answer["content"] = {PROBLEM_MEDIA_TYPE: {"schema": "Problem"}}
                answer["headers"] = {VERSION_HEADER: VERSION_HEADER}
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                answer["headers"]["Retry-After"] = "Retry-After"
            components.response(status.name, answer, lazy=True)

    def _register_pagination_header(self) -> None:
        """Leave it: lists of ours go on with a cursor."""

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document; its paths begin where the address of its server ends."""
        written: dict[str, Any] = json.loads(
            json.dumps(self.spec.to_dict()), object_hook=_without_null_default
        )
        prefix = self.config["OPENAPI_URL_PREFIX"]
        written["paths"] = {
            path.removeprefix(prefix): operations for path, operations in written["paths"].items()
        }
        return written

    def _openapi_json(self) -> Response:
        content = json.dumps(self.document(), indent=2, ensure_ascii=False)
        return versioned_answer(content, lambda: content, media_type="application/json")


def _without_null_default(described: dict[str, Any]) -> dict[str, Any]:
    """Leave out that a field is null when it is absent: that is what absent means."""
    if described.get("default", ...) is None:
        del described["default"]
    return described


def refuses(*statuses: int) -> Callable[[View], View]:
    """Say in the document that a view may answer with these problems.

    Any of them may answer 429 and 503, and one that takes a body 408 where it stops half-way.
    """
    of_body = (408,) if 415 in statuses else ()
    named = {status: HTTPStatus(status).name for status in sorted({*statuses, *of_body, 429, 503})}

    def decorate(view: View) -> View:
        described: dict[str, Any] = getattr(view, "_apidoc", {})
        written = described.setdefault("manual_doc", {}).setdefault("responses", {})
        written.update(named)
        view._apidoc = described  # type: ignore[attr-defined]  # where flask-smorest looks
        return view

    return decorate


def tell_version(app: Flask, prefix: str, version: str) -> None:
    """Send the version of the interface below `prefix` with each of its answers, refusals too."""

    @app.after_request
    def tell(answer: Response) -> Response:
        if request.path.startswith(f"{prefix}/"):
            answer.headers[VERSION_HEADER] = version
        return answer
