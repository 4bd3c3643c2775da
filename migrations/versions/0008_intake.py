"""Reports, with the contact details and the reporter's later remarks apart."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make `report`, `contact` and `remark`; the case a report joins comes with 0010."""
    op.execute(
        """
        CREATE TABLE report (
            id UUID NOT NULL,
            reference TEXT NOT NULL,
            case_id UUID NOT NULL,
            description TEXT NOT NULL,
            spot geometry(POINT,4326) NOT NULL,
            accuracy_metres DOUBLE PRECISION,
            asset_id UUID,
            category_code TEXT NOT NULL,
            category_chosen_by TEXT NOT NULL,
            category_certainty DOUBLE PRECISION NOT NULL,
            is_danger BOOLEAN NOT NULL,
            answers JSONB NOT NULL,
            channel TEXT NOT NULL,
            language TEXT NOT NULL,
            token_generation INTEGER NOT NULL,
            observed_at TIMESTAMP WITH TIME ZONE,
            received_at TIMESTAMP WITH TIME ZONE NOT NULL,
            is_demo BOOLEAN NOT NULL,
            CONSTRAINT pk_report PRIMARY KEY (id),
            CONSTRAINT ck_report_description_length CHECK (char_length(description) between 1 and 3000),
            CONSTRAINT ck_report_chosen_by CHECK (category_chosen_by in (
                'reporter', 'words', 'desk')),
            CONSTRAINT ck_report_certainty CHECK (category_certainty between 0 and 1),
            CONSTRAINT ck_report_channel CHECK (channel IN ('mobile', 'web', 'phone', 'counter', 'open311')),
            CONSTRAINT ck_report_language CHECK (language in ('nl', 'en')),
            CONSTRAINT uq_report_reference UNIQUE (reference),
            CONSTRAINT fk_report_asset_id FOREIGN KEY(asset_id) REFERENCES asset (id),
            CONSTRAINT fk_report_category_code FOREIGN KEY(category_code) REFERENCES category (code)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_report_case_id ON report (case_id)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_report_received_at ON report (received_at)
        """
    )
    op.execute(
        """
        CREATE TABLE contact (
            report_id UUID NOT NULL,
            name TEXT,
            email TEXT,
            phone TEXT,
            kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_contact PRIMARY KEY (report_id),
            CONSTRAINT ck_contact_something CHECK (num_nonnulls(name, email, phone) > 0),
            CONSTRAINT fk_contact_report_id FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE remark (
            id UUID NOT NULL,
            report_id UUID NOT NULL,
            text TEXT NOT NULL,
            written_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_remark PRIMARY KEY (id),
            CONSTRAINT ck_remark_text_length CHECK (char_length(text) between 1 and 3000),
            CONSTRAINT fk_remark_report_id FOREIGN KEY(report_id) REFERENCES report (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_remark_report_id ON remark (report_id)
        """
    )
    op.execute(
        """
        ALTER TABLE photo ADD CONSTRAINT fk_photo_report_id FOREIGN KEY (report_id) REFERENCES report (id)
        """
    )
