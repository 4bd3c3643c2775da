"""The token endpoint: a partner's program shows its id and secret and gets an access token.

Client credentials, RFC 6749 sections 2.3.1, 4.4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from app.foundation.api_documents import PROBLEM_MEDIA_TYPE, ApiBlueprint
from app.foundation.bodies import WrongContentType
from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import operations
from app.identity.access import open_to
from app.identity.access_tokens import LIFETIME, access_token
from app.identity.model import PartnerClientRefused
from app.identity.permissions import SCOPE_PERMISSIONS, Permission

blueprint = ApiBlueprint(
    "tokens",
    __name__,
    url_prefix="/partner/v1/oauth",
    description="Where a program gets its access token.",
)

FORM = "application/x-www-form-urlencoded"

_GRANT = "client_credentials"
_HOW = "Show the client's id and secret by HTTP Basic, or in the form."
_MAY_BE_SENT = ("grant_type", "scope", "client_id", "client_secret")


class _NoToken(Exception):
    """No token is given: the word of RFC 6749, section 5.2, and a sentence."""

    def __init__(
        self, error: str, detail: str, *, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(detail)
        self.error, self.detail, self.status = error, detail, status


@dataclass(frozen=True, slots=True)
class ShownCredentials:
    """What a program says it is."""

    client_id: str
    secret: str


class TokenSchema(Schema):
    """An access token, for `Authorization: Bearer` in every other request."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.OneOf(["Bearer"]))
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds.", "example": 900})
    scope = fields.String(required=True, metadata={"example": "tasks:read tasks:work"})


class TokenRefusedSchema(Schema):
    """Why no token was given, in the words of RFC 6749 and in those of RFC 9457."""

    error = fields.String(
        required=True,
        validate=validate.OneOf(
            [
                "invalid_request",
                "invalid_client",
                "unsupported_grant_type",
                "invalid_scope",
            ]
        ),
    )
    error_description = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)


_REFUSED: dict[str, Any] = {
    "content": {
        "application/json": {"schema": TokenRefusedSchema},
        PROBLEM_MEDIA_TYPE: {"schema": TokenRefusedSchema},
    }
}


@blueprint.post("/token")
@blueprint.doc(
    operationId="postToken",
    security=[{"clientSecret": []}, {}],
    requestBody={
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": [_GRANT]},
                        "scope": {
                            "type": "string",
                            "description": "Some of the client's scopes, with spaces between"
                            f" them: {' '.join(SCOPE_PERMISSIONS)}. All of them when left out.",
                            "example": "tasks:read",
                        },
                        "client_id": {
                            "type": "string",
                            "description": "For programs that cannot use HTTP Basic.",
                        },
                        "client_secret": {"type": "string", "format": "password"},
                    },
                }
            }
        },
    },
    responses={
        "200": {
            "description": "An access token of fifteen minutes",
            "content": {"application/json": {"schema": TokenSchema}},
        },
        "400": {"description": "The form is not right", **_REFUSED},
        "401": {"description": "The client is not known, or withdrawn", **_REFUSED},
        "415": "UNSUPPORTED_MEDIA_TYPE",
        "429": "TOO_MANY_REQUESTS",
    },
)
@open_to(Permission.ANYONE)
def post_token() -> Response:
    """Get an access token with the client's id and secret, by HTTP Basic or in the form."""
    if request.mimetype not in {FORM, ""}:
        raise WrongContentType(f"Ask for a token with a form: {FORM}.")
    services = provided()
    try:
        form = _form()
        shown = _credentials(form)
        with services.get(Database).transaction() as transaction:
            client = operations.authenticate_client(
                transaction, client_id=shown.client_id, secret=shown.secret
            )
            if form["grant_type"] != _GRANT:
                raise _NoToken("unsupported_grant_type", f"The only grant here is {_GRANT}.")
            scopes = _granted(form.get("scope"), frozenset(client.scopes))
            token = access_token(
                client,
                scopes=scopes,
                settings=services.get(Settings),
                now=services.get(Clock).now(),
            )
    except PartnerClientRefused as refused:
        return _refused(_client_not_known(refused.detail))
    except _NoToken as refusal:
        return _refused(refusal)
    return _never_kept(
        jsonify(
            access_token=token,
            token_type="Bearer",  # noqa: S106  # a word of RFC 6749, no secret
            expires_in=int(LIFETIME.total_seconds()),
            scope=" ".join(sorted(scopes)),
        )
    )


def _form() -> dict[str, str]:
    """Return the parameters; one without a value counts as left out, none may come twice."""
    for name in _MAY_BE_SENT:
        if len(request.form.getlist(name)) > 1:
            raise _NoToken("invalid_request", f"Send {name} once.")
    form = {name: request.form[name] for name in _MAY_BE_SENT if request.form.get(name)}
    if "grant_type" not in form:
        raise _NoToken("invalid_request", f"Send grant_type={_GRANT}.")
    return form


def _credentials(form: dict[str, str]) -> ShownCredentials:
    """Return what the program says it is, in the header or in the form but not in both."""
    header = request.authorization
    if "Authorization" in request.headers and (header is None or header.type != "basic"):
        raise _client_not_known(_HOW)
    if header is None:
        if "client_id" not in form or "client_secret" not in form:
            raise _client_not_known(_HOW)
        return ShownCredentials(form["client_id"], form["client_secret"])
    shown = ShownCredentials(
        unquote_plus(header.username or ""), unquote_plus(header.password or "")
    )
    if "client_secret" in form or form.get("client_id", shown.client_id) != shown.client_id:
        raise _NoToken("invalid_request", "Show the secret once, not in both ways.")
    return shown


def _granted(asked: str | None, owned: frozenset[str]) -> frozenset[str]:
    scopes = frozenset(asked.split()) if asked else owned
    if not scopes <= owned:
        raise _NoToken("invalid_scope", f"This client has: {' '.join(sorted(owned))}.")
    return scopes


def _client_not_known(detail: str) -> _NoToken:
    return _NoToken("invalid_client", detail, status=HTTPStatus.UNAUTHORIZED)


def _refused(refusal: _NoToken) -> Response:
    """Return a refusal as RFC 6749 has it, with the members of a problem beside it."""
    answer = jsonify(
        error=refusal.error,
        error_description=refusal.detail,
        type=f"urn:straatbeeld:problem:{refusal.error.replace('_', '-')}",
        title=refusal.status.phrase,
        status=refusal.status.value,
        detail=refusal.detail,
    )
    answer.status_code = refusal.status
    accepted = request.accept_mimetypes
    if accepted[PROBLEM_MEDIA_TYPE] > accepted["application/json"]:
        answer.content_type = PROBLEM_MEDIA_TYPE
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Straatbeeld partners", charset="UTF-8"'
    return _never_kept(answer)


def _never_kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Pragma"] = "no-cache"
    return answer
