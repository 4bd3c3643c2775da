"""On the page of a case: let a report that does not belong to it be a case of its own."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.database import Transaction
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.taking_off import take_off_report
from app.triage.model import RetiredCategory
from app.work.pages.taking_steps import NotRight, Said, by_whom, moment, take_step
from app.work.pages.typed import Typed

blueprint = Blueprint("taking_off", __name__, url_prefix="/balie")


@blueprint.post("/zaken/<reference>/meldingen/<uuid:report_id>/losmaken")
@open_to(Permission.DIRECT_CASES)
def take_off(reference: str, report_id: UUID) -> ResponseReturnValue:
    """Let the report be a case of its own, and show that."""
    typed = Typed()
    own_reference: list[str] = []

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        try:
            own, left = take_off_report(
                transaction,
                reference,
                report_id,
                by=by_whom(),
                now=moment(),
                expected_version=version,
            )
        except RetiredCategory:
            typed.errors["page"] = gettext(
                "Its kind is not in use any more. Change the kind of this report first."
            )
            raise NotRight from None
        own_reference.append(own.reference)
        said = gettext(
            "This is a report of its own now, apart from %(reference)s.", reference=left.reference
        )
        if own.party_name:
            return "ok", f"{said} " + gettext("It is with %(party)s.", party=own.party_name)
        return "warning", f"{said} " + gettext("Nobody has it: give it to a party.")

    return take_step("page", reference, typed, step, leads_to=own_reference)
