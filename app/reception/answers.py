"""What the mobile API answers about a report: the same words everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.foundation.settings import Settings
from app.geography.model import VILLAGE
from app.intake.model import KeptReport
from app.intake.rules import report_token
from app.photos.model import Photo
from app.photos.operations.showing import shown
from app.reception.authority import Authority, told_to_phones
from app.reception.model import ReceivedReport
from app.triage.model import Name
from app.work.model import Case, CaseStage


def moment(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _promised(stage: CaseStage, due_at: datetime) -> str | None:
    """Return by when it is handled; what was passed on is not ours to promise a day for."""
    return None if stage is CaseStage.REFERRED else moment(due_at)


def answer_to(
    received: ReceivedReport, settings: Settings, *, authority: Authority | None, now: datetime
) -> dict[str, Any]:
    """Return what is answered to a new report, without anything that opens it."""
    report, case, category = received.report, received.case, received.category
    return {
        "id": str(report.id),
        "reference": report.reference,
        "status": case.stage.value,
        "receivedAt": moment(report.received_at),
        "category": {
            "code": category.code,
            "name": {"nl": category.name.nl, "en": category.name.en},
            "chosenBy": report.category_chosen_by,
            "certainty": report.category_certainty,
        },
        "case": {
            "reference": case.reference,
            "status": case.stage.value,
            "joined": received.has_joined,
        },
        "routing": {
            "party": dict(received.party) if received.party else None,
            "areas": [dict(area) for area in received.areas],
            "reason": reason(received, report.language.value),
            "referredTo": told_to_phones(authority),
        },
        "dueAt": _promised(case.stage, received.due_at),
        "missingAnswers": list(report.missing_answers),
        "photos": shown_photos(received.photos, settings, now=now),
    }


def with_token(answer: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return `answer` with the token of its report, derived and stored nowhere."""
    secret = settings.secret_key.get_secret_value()
    token = report_token(secret, UUID(answer["id"]), 1)
    return {**answer, "token": token, "followUrl": f"{settings.base_url}/volg/{token}"}


def shown_photos(
    photos: Sequence[Photo], settings: Settings, *, now: datetime
) -> list[dict[str, Any]]:
    """Return photos as the API tells them."""
    return [dict(shown(photo, settings, now)) for photo in photos]


def reason(received: ReceivedReport, language: str) -> str:
    """Return in words why the party is the one, in Dutch or English."""
    return reason_in_words(
        received.because,
        party=received.party["name"] if received.party else None,
        category=received.category.name,
        area=received.area_name,
        village=next((area["name"] for area in received.areas if area["kind"] == VILLAGE), None),
        language=language,
    )


def reason_in_words(
    because: str,
    *,
    party: str | None,
    category: Name,
    area: str | None,
    village: str | None,
    language: str,
) -> str:
    """Return a decision of routing in words, in Dutch or English.

    Where the work is done is told by village: the name of a team's district tells a resident
    nothing.
    """
    known = "en" if language == "en" else "nl"
    return _REASONS[known][because].format(
        party=party or "",
        category=category.in_language(language),
        area=area or "",
        where=f"in {village}" if village else _HERE[known],
    )


_HERE = {"nl": "hier", "en": "here"}


#: Not the words of the desk (`app/routing/words.py`): these are part of what the mobile API
#: promises, stand in its examples, and speak the language that the report was written in, whatever
#: the request asks for. They leave out what only staff need, such as a clash.
_REASONS = {
    "nl": {
        "joined": "Dit is al gemeld. Uw melding hoort bij de melding die er al was.",
        "asset-owner": "{party} is de eigenaar van dit object.",
        "road-authority": "Dit is een weg van {party}: {area}.",
        "water-authority": "Dit is water van {party}: {area}.",
        "category-in-area": "{party} doet “{category}” {where}.",
        "nobody": "Nog niemand is aangewezen voor deze plek. Een medewerker kijkt ernaar.",
    },
    "en": {
        "joined": "This is known already. Your report joins the one that was there.",
        "asset-owner": "{party} owns this object.",
        "road-authority": "This is a road of {party}: {area}.",
        "water-authority": "This is water of {party}: {area}.",
        "category-in-area": "{party} does “{category}” {where}.",
        "nobody": "Nobody has been named for this place yet. A member of staff looks at it.",
    },
}


def report_status(
    report: KeptReport,
    case: Case,
    *,
    authority: Authority | None,
    photos: list[dict[str, Any]],
    repair_photos: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return where a report stands, for whoever has its token."""
    status = case.stage.value
    return {
        "id": str(report.id),
        "reference": report.reference,
        "status": status,
        "description": report.description,
        "location": {"type": "Point", "coordinates": [report.longitude, report.latitude]},
        "receivedAt": moment(report.received_at),
        "dueAt": _promised(case.stage, case.due_at),
        "plannedOn": case.planned_on.isoformat() if case.planned_on else None,
        "waitingFor": case.waiting_for,
        "waitsUntil": case.waits_until.isoformat() if case.waits_until else None,
        "waitingWords": case.waiting_words,
        "closing": _closing(case),
        "category": {"code": report.category_code, "chosenBy": report.category_chosen_by},
        "case": {"reference": case.reference, "status": status},
        "routing": {
            "party": {"code": case.party_code, "name": case.party_name, "kind": case.party_kind}
            if case.party_name
            else None,
            "referredTo": told_to_phones(authority),
        },
        "answers": [
            {"question": one.question, "text": one.text, "answer": one.answer}
            for one in report.answers
        ],
        "missingAnswers": list(report.missing_answers),
        "photos": photos,
        "repairPhotos": repair_photos,
    }


def _closing(case: Case) -> dict[str, Any] | None:
    """Return when and why a case closed; what was passed on is not closed for its reporter."""
    if case.closed_at is None or case.stage is CaseStage.REFERRED:
        return None
    return {
        "closedAt": moment(case.closed_at),
        "reason": case.closing_reason,
        "words": case.closing_words,
    }
