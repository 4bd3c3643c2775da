"""`/balie/zaken/…/pdf`: a case on paper, for a file or a meeting, without contact details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.photos.model import Photo, PhotoStatus, Rendition
from app.photos.operations.reading import photos_of_reports_and_tasks
from app.photos.storage import FileMissing, PhotoStore, file_name
from app.work.pages.case_page import known_reference, read_case
from app.work.pages.shown import HistoryLine, address_of_case, moment_words, reader_language
from app.work.printing import Part, PrintedPhoto, Sheet, as_pdf

blueprint = Blueprint("case_pdf", __name__, url_prefix="/balie/zaken")

#: More than this nobody prints; the page has them all.
MOST_REPORTS = 40
MOST_PHOTOS = 24
MOST_LINES_OF_HISTORY = 300
#: Of what was added to all reports together, and of notes; and of the words of each.
MOST_REMARKS = MOST_NOTES = 40
MOST_CHARACTERS = 1500


@blueprint.get("/<reference>/pdf")
@open_to(Permission.SEE_DESK)
def print_case(reference: str) -> ResponseReturnValue:
    """Give a case as a PDF."""
    services = provided()
    now, settings = services.get(Clock).now(), services.get(Settings)
    with services.get(Database).transaction() as transaction:
        told = read_case(transaction, known_reference(reference), settings=settings, now=now)
        photos = photos_of_reports_and_tasks(
            transaction,
            [report["id"] for report in told["reports"][:MOST_REPORTS]],
            [task["id"] for task in told["tasks"]],
        )
    pictures = _Pictures(services.get(PhotoStore))
    found = told["case"]
    sheet = Sheet(
        title=f"{told['category_name']} {found.reference}",
        below_title=gettext("Municipality of %(name)s", name=settings.municipality_name),
        language=reader_language(),
        parts=[
            Part(gettext("In short"), facts=_facts(told)),
            *_reports(told, photos, pictures),
            *_tasks(told, photos, pictures),
            *_notes(told),
            _history(told["history"]),
        ],
        footer=gettext(
            "%(reference)s · printed %(moment)s by %(who)s · without contact details",
            reference=found.reference,
            moment=moment_words(now),
            who=acting().name,
        ),
        page_of=gettext("page {page} of {pages}"),
        unprintable=gettext("Some signs cannot be printed; the page of the report shows them."),
    )
    answer = make_response(as_pdf(sheet))
    answer.headers.update(
        {
            "Content-Type": "application/pdf",
            "Content-Disposition": f'inline; filename="{found.reference}.pdf"',
            "Cache-Control": "private, no-store",
        }
    )
    return answer


class _Pictures:
    """Fetches photos that were made safe, until there are as many as are printed."""

    def __init__(self, store: PhotoStore) -> None:
        self._store = store
        self._left = MOST_PHOTOS

    def of(self, photos: Iterable[Photo], says: str) -> list[PrintedPhoto]:
        """Return those of these photos that can be printed, each with what it shows in words."""
        found = []
        for photo in photos:
            if self._left == 0:
                break
            if photo.status is not PhotoStatus.READY:
                continue
            try:
                with self._store.open(file_name(photo.storage_key, Rendition.LARGE_JPEG)) as file:
                    found.append(PrintedPhoto(file.read(), says))
            except FileMissing:
                # It was erased between the page and the file.
                continue
            self._left -= 1
        return found


def _facts(told: dict[str, Any]) -> list[tuple[str, str]]:
    found = told["case"]
    place = filter(None, (told["place"], address_of_case(found)))
    facts = [
        (gettext("Status"), told["stage_words"]),
        (gettext("Reason"), told["closing"]),
        (gettext("Added for the reporter"), found.closing_words),
        (gettext("Cause"), told["cause"]),
        (gettext("Waiting"), told["waits"]),
        (gettext("The reporters read"), found.waiting_words),
        (gettext("Clock"), told["clock"]),
        (gettext("Part of"), told["into"]),
        (gettext("Came in"), told["received"]),
        (gettext("Due"), told["due_at"]),
        (gettext("Party"), found.party_name or gettext("Nobody")),
        (gettext("Place"), ", ".join(place)),
        (gettext("Coordinates"), f"{found.latitude:.5f}, {found.longitude:.5f} (WGS 84)"),
        (gettext("Danger"), gettext("yes") if found.is_danger else ""),
        (gettext("Priority of the report"), told["priority"]),
    ]
    return [(name, value) for name, value in facts if value]


def _reports(
    told: dict[str, Any], photos: Mapping[UUID, Sequence[Photo]], pictures: _Pictures
) -> list[Part]:
    parts, room = [], MOST_REMARKS
    for report in told["reports"][:MOST_REPORTS]:
        channel = told["channels"].get(report["channel"], "")
        remarks = [f"{one['at']}: {_in_short(one['text'])}" for one in report["remarks"]]
        if len(remarks) > room:
            remarks = [*remarks[:room], gettext("More was added; see the page of this case.")]
        room = max(0, room - len(remarks))
        says = gettext("Photo of report %(reference)s", reference=report["reference"])
        parts.append(
            Part(
                gettext("Report %(reference)s", reference=report["reference"]),
                paragraphs=[
                    " · ".join(filter(None, (report["at"], channel))),
                    report["text"],
                    *(f"{question} {answer}" for question, answer in report["answers"]),
                    *remarks,
                ],
                photos=pictures.of(photos.get(report["id"], ()), says),
            )
        )
    left_out = len(told["reports"]) - MOST_REPORTS
    if left_out > 0:
        more = ngettext(
            "%(num)s report more; see the page of this case.",
            "%(num)s reports more; see the page of this case.",
            left_out,
        )
        parts.append(Part(gettext("More reports"), paragraphs=[more]))
    return parts


def _tasks(
    told: dict[str, Any], photos: Mapping[UUID, Sequence[Photo]], pictures: _Pictures
) -> list[Part]:
    return [
        Part(
            gettext("Task of %(party)s", party=task["party"]),
            paragraphs=[
                " · ".join(
                    filter(None, (task["stage"], task["result"], task["declined"], task["at"]))
                ),
                *filter(None, (task["request"], task["remark"])),
            ],
            photos=pictures.of(photos.get(task["id"], ()), gettext("Photo of the repair")),
        )
        for task in told["tasks"]
    ]


def _notes(told: dict[str, Any]) -> list[Part]:
    if not told["notes"]:
        return []
    said = [
        f"{' · '.join(filter(None, (note['at'], note['by'])))}: {_in_short(note['words'])}"
        for note in told["notes"][:MOST_NOTES]
    ]
    if len(told["notes"]) > MOST_NOTES:
        said.append(gettext("There are more notes; see the page of this case."))
    return [Part(gettext("Notes of colleagues"), paragraphs=said)]


def _in_short(words: str) -> str:
    return words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS]}…"


def _history(lines: Sequence[HistoryLine]) -> Part:
    rows = [[one.at, one.what, one.who] for one in lines[:MOST_LINES_OF_HISTORY]]
    heads = [gettext("When"), gettext("What"), gettext("Who")]
    return Part(gettext("History"), table=[heads, *rows])
