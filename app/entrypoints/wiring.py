"""The wiring table: who hears which fact, which jobs there are, and what the outside is made of."""

from __future__ import annotations

from collections.abc import Mapping

import app.entrypoints.tables  # noqa: F401  # every table must be known before one is used
from app.foundation.clock import Clock, SystemClock
from app.foundation.database import Database, Hearers, MapDatabase, make_engine
from app.foundation.jobs import Job
from app.foundation.kept_jobs import JOBS as QUEUE_JOBS
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook, address_book
from app.geography.importing.pdok import BoundaryRegister, PdokBoundaries
from app.geography.importing.spoken_of import AreasSpokenOf
from app.identity.administration.limit_choices import LimitChoices
from app.identity.jobs import FORGET_WHAT_IS_OVER, forget_what_is_over
from app.identity.rates import Rates, rates
from app.identity.single_sign_on.wired import SingleSignOn, single_sign_on
from app.identity.start_pages import StartPages
from app.photos.jobs import JOBS as PHOTO_JOBS
from app.photos.storage import FolderPhotoStore, PhotoStore
from app.publishing.jobs import JOBS as PUBLISHING_JOBS
from app.publishing.operations import publish_case, publish_category
from app.reception.jobs import JOBS as RECEPTION_JOBS
from app.routing.jobs import JOBS as ROUTING_JOBS
from app.routing.operations.agreements import agreed_areas
from app.routing.operations.listing import agreements_by_category
from app.triage.changing.in_use import AgreementsAboutKinds, OpenCases
from app.triage.model import CategoryShownOtherwise
from app.work.jobs import JOBS as WORK_JOBS
from app.work.model import CaseMoved
from app.work.operations.limit_choices import AreasAndKinds
from app.work.operations.lists import open_cases_by_category
from app.work.operations.office.saved import start_page

#: Fact → who hears it at once, inside the transaction in which it is told.
HEARERS: Hearers = {
    CaseMoved: (publish_case,),
    CategoryShownOtherwise: (publish_category,),
}

#: What is done later, by name.
JOBS: Mapping[str, Job] = {
    **QUEUE_JOBS,
    **PHOTO_JOBS,
    **PUBLISHING_JOBS,
    **RECEPTION_JOBS,
    **ROUTING_JOBS,
    **WORK_JOBS,
    FORGET_WHAT_IS_OVER: Job(forget_what_is_over, every="17 3 * * *"),
}

#: The map reads with as few connections as there are threads to use them.
_SPARE_CONNECTIONS = 1


def wire(settings: Settings) -> Provided:
    """Return the services of an installation; no connection is opened yet."""
    services = Provided()
    connections = settings.web_threads + _SPARE_CONNECTIONS
    database = Database(
        make_engine(settings.database_url, connections=connections), hearers=HEARERS
    )
    services.put(Settings, settings)
    services.put(Clock, SystemClock())
    services.put(Database, database)
    services.put(
        MapDatabase,
        MapDatabase(
            make_engine(
                settings.map_database_url or settings.database_url,
                connections=connections,
                read_only=True,
            )
        ),
    )
    services.put(
        AddressBook,
        address_book(
            settings.address_service,
            database=database,
            municipality_code=settings.municipality_code,
        ),
    )
    services.put(BoundaryRegister, PdokBoundaries())
    services.put(AreasSpokenOf, agreed_areas)
    services.put(LimitChoices, AreasAndKinds())
    services.put(StartPages, start_page)
    services.put(OpenCases, open_cases_by_category)
    services.put(AgreementsAboutKinds, agreements_by_category)
    services.put(PhotoStore, FolderPhotoStore(settings.photo_folder))
    services.put(SingleSignOn, single_sign_on(settings))
    services.put(Rates, rates(settings, database))
    return services
