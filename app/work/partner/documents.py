"""What the OpenAPI document says of the partner API beside its fields: headers, bodies, scopes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from app.photos.model import MAX_PHOTOS

READING_SCOPE: list[dict[str, list[str]]] = [{"partner": ["tasks:read"]}]
WORKING_SCOPE: list[dict[str, list[str]]] = [{"partner": ["tasks:work"]}]

#: How a program shows who it is; for the document's components.
SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "partner": {
        "type": "oauth2",
        "description": "An access token of fifteen minutes, as `Authorization: Bearer`.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/partner/v1/oauth/token",
                "scopes": {
                    "tasks:read": "Read the tasks of one's own party.",
                    "tasks:work": "Accept, start, hold, complete and decline them.",
                },
            }
        },
    },
    "clientSecret": {
        "type": "http",
        "scheme": "basic",
        "description": "The client's id and secret, at the token endpoint alone.",
    },
}

TAG_HEADER = {
    "ETag": {
        "description": "The version of the task, for `If-Match`.",
        "schema": {"type": "string", "example": '"3"'},
    }
}

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The version this is based on: the `ETag` of the task.",
    "schema": {"type": "string", "example": '"3"'},
}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Made up by the program for this step. The same key and content get the same"
    " answer for thirty days; other content gets 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

_PHOTO_PARTS = {
    "type": "array",
    "maxItems": MAX_PHOTOS,
    "items": {"type": "string", "format": "binary"},
    "description": "JPEG, PNG, WebP or HEIC, up to 15 MB each.",
}


def json_body(schema: type[Schema], *, is_required: bool = True) -> dict[str, Any]:
    """Return the description of a JSON body."""
    return {"required": is_required, "content": {"application/json": {"schema": schema}}}


def body_with_photos(schema: type[Schema], *, part: str) -> dict[str, Any]:
    """Return the description of a body that is JSON, or a form with JSON in `part` and photos."""
    return {
        "required": True,
        "content": {
            "application/json": {"schema": schema},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [part],
                    "properties": {
                        part: {"type": "string", "description": "The same as JSON."},
                        "photo": _PHOTO_PARTS,
                    },
                }
            },
        },
    }


def photos_alone() -> dict[str, Any]:
    """Return the description of a form with photos."""
    return {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": _PHOTO_PARTS},
                }
            }
        },
    }
