"""One table: every refusal of the house and the HTTP status it becomes."""

from __future__ import annotations

from collections.abc import Mapping

from app.entrypoints import unfinished, web_security
from app.foundation import api_documents, bodies, given_answers, import_files, kept_jobs
from app.foundation.errors import DomainError
from app.geography import model as geography
from app.identity import model as identity
from app.identity.administration import model as administration
from app.identity.single_sign_on import model as single_sign_on
from app.intake import model as intake
from app.photos import model as photos
from app.planning import model as planning
from app.publishing import public
from app.reception import model as reception
from app.reception.additions import TooManyRemarks
from app.routing import calendar, drafted
from app.routing import model as routing
from app.triage import model as triage
from app.work import refusals as work
from app.work.operations import claiming, splitting
from app.work.operations.office import bulk_model as bulk
from app.work.operations.office import saved
from app.work.partner import model as partner

STATUS: Mapping[type[DomainError], int] = {
    administration.AccountChangedMeanwhile: 412,
    administration.AccountRefused: 400,
    administration.LastAdministrator: 409,
    administration.OwnAccountElsewhere: 409,
    api_documents.ArgumentsRefused: 400,
    bodies.BodyRefused: 400,
    bodies.BodyTooLarge: 413,
    bodies.WrongContentType: 415,
    geography.AgreementsWouldEnd: 422,
    geography.AreaTaken: 409,
    geography.AreasRefused: 422,
    geography.AssetTaken: 409,
    geography.AssetsRefused: 422,
    geography.ChangedSince: 412,
    geography.ImportNotFound: 404,
    geography.ImportNotUndone: 409,
    geography.MapFileRefused: 422,
    geography.NotAPlace: 400,
    geography.OutsideServiceArea: 422,
    geography.RegisterAway: 409,
    geography.ShapeRefused: 422,
    geography.UnknownAsset: 400,
    given_answers.KeyUsedForAnother: 409,
    identity.AccessTokenNeeded: 401,
    identity.AccountEnded: 409,
    identity.AccountUnknown: 404,
    identity.CodeNotRight: 400,
    identity.EmailNotValid: 400,
    identity.EmailTaken: 409,
    identity.InvitationOver: 410,
    identity.NoOtherWayIn: 409,
    identity.NotAPasskeyName: 400,
    identity.NotAllowed: 403,
    identity.NotThePresentPassword: 400,
    identity.PartnerClientRefused: 401,
    identity.PartyChangedMeanwhile: 412,
    identity.PartyCodeTaken: 409,
    identity.PartyNeeded: 400,
    identity.PartyRefused: 422,
    identity.PartyUnknown: 404,
    identity.PasskeyNotRight: 400,
    identity.PasskeyUnknown: 404,
    identity.PasswordTooWeak: 400,
    identity.ScopeMissing: 403,
    identity.ScopeUnknown: 400,
    identity.SecondFactorNeeded: 409,
    identity.SignInNeeded: 401,
    identity.TooManyPasskeys: 409,
    identity.TooOften: 429,
    import_files.FileRefused: 422,
    import_files.FileTooLarge: 422,
    intake.ReportNotFound: 404,
    intake.ReportRefused: 400,
    kept_jobs.JobNotFailed: 409,
    partner.CursorUnknown: 400,
    partner.StepNotPossible: 409,
    partner.TaskIsOver: 409,
    partner.VersionNeeded: 428,
    partner.VersionUnclear: 400,
    photos.PhotoNotFound: 404,
    photos.PhotoRefused: 400,
    photos.PhotoTooLarge: 413,
    photos.PhotoKindUnsupported: 415,
    photos.HeicUnsupported: 415,
    photos.PhotoEmpty: 400,
    photos.PhotoCutShort: 400,
    photos.PhotoDamaged: 400,
    photos.PhotoTooManyPixels: 400,
    photos.WebpTooManyPixels: 400,
    photos.PhotoTooManyScans: 400,
    photos.PhotoShowsNothing: 400,
    photos.TooManyPhotos: 400,
    planning.WorkWithoutPlace: 400,
    public.WrongFilter: 400,
    reception.DraftNotFound: 404,
    reception.SameAsUnknown: 400,
    TooManyRemarks: 409,
    routing.AgreementChangedMeanwhile: 412,
    drafted.AnotherComparison: 429,
    drafted.DraftMovedOn: 412,
    drafted.DraftRefused: 422,
    drafted.DraftUnknown: 404,
    drafted.LaterChangeRestsOnIt: 409,
    drafted.RulesChangedSince: 412,
    drafted.TooManyReports: 422,
    claiming.NotOfThisParty: 409,
    claiming.TaskIsClosed: 409,
    claiming.TaskTaken: 409,
    calendar.CalendarChanged: 412,
    calendar.CalendarRefused: 422,
    routing.AgreementNotFound: 404,
    routing.AgreementRefused: 422,
    splitting.NotForAuthorities: 409,
    splitting.PartyHasTask: 409,
    single_sign_on.AnswerRefused: 400,
    single_sign_on.EmailNotVerified: 403,
    single_sign_on.NobodyOfOurs: 403,
    single_sign_on.PasswordFirst: 403,
    single_sign_on.ProviderAway: 409,
    triage.AnswersRefused: 400,
    triage.CategoryNotFound: 404,
    triage.CategoryRefused: 422,
    triage.ChangedMeanwhile: 412,
    triage.QuestionNotFound: 404,
    triage.QuestionRefused: 422,
    triage.RetiredCategory: 400,
    triage.UnknownCategory: 400,
    unfinished.BodyBroken: 400,
    unfinished.BodyStopped: 408,
    web_security.FormRefused: 400,
    bulk.BulkActionNotFound: 404,
    bulk.TooLateToUndo: 409,
    saved.FilterMovedOn: 412,
    saved.FilterNameTaken: 409,
    saved.FilterNotFound: 404,
    saved.TooManyFilters: 409,
    work.CannotJoin: 409,
    work.CaseIsClosed: 409,
    work.CaseNotFound: 404,
    work.CaseOpenAtAsset: 409,
    work.CasesMovedOn: 412,
    work.MovedOn: 412,
    work.NoDanger: 409,
    work.NothingToCheck: 409,
    work.NothingToSplit: 409,
    work.OnlyReport: 409,
    work.StandardTextMovedOn: 412,
    work.StandardTextNotFound: 404,
    work.StageNotReachable: 409,
    work.StillWithNobody: 409,
    work.TaskNotFound: 404,
}


def status_of(refusal: DomainError) -> int:
    """Return the HTTP status of a refusal: its own, or that of the class it is a kind of."""
    for kind in type(refusal).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 400
