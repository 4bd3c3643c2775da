"""Refusals: what the house may say no to, as exceptions that carry a plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is not right: where it stands, a code for programs, a sentence for people."""

    field: str
    code: str
    detail: str
    location: str = "body"


#: As many wrong fields are told in one sentence; `errors` names them all.
_AT_MOST_SAID = 5


def said_of_fields(errors: Sequence[FieldError]) -> str | None:
    """Return what is wrong with which field in one line, for who reads `detail` alone."""
    if not errors:
        return None
    said = "; ".join(f"{one.field}: {one.detail.rstrip('.')}" for one in errors[:_AT_MOST_SAID])
    more = len(errors) - _AT_MOST_SAID
    return f"Not right: {said}" + (f"; and {more} more." if more > 0 else ".")


class DomainError(Exception):
    """The request was understood and refused.

    A subclass stands beside the function that raises it; its docstring's first line is what
    people read unless a more precise sentence is given. `entrypoints/refusals.py` says which HTTP
    status it becomes.
    """

    #: Wrong fields, for the `errors` member of the problem document.
    errors: tuple[FieldError, ...] = ()

    def __init__(self, detail: str | None = None, *, errors: tuple[FieldError, ...] = ()) -> None:
        self.detail = detail or (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]
        self.errors = errors
        super().__init__(self.detail)

    @property
    def more(self) -> Mapping[str, object]:
        """Further members of the problem document, such as the moves that are allowed."""
        return {}
