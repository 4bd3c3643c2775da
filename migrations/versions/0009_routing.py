"""Agreements, and every routing decision with its reason."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make `agreement` and `routing_decision`; its case comes with 0010."""
    op.execute(
        """
        CREATE TABLE agreement (
            id UUID NOT NULL,
            code TEXT NOT NULL,
            party_id UUID NOT NULL,
            category_code TEXT,
            area_kind TEXT,
            area_code TEXT,
            asset_owner_id UUID,
            priority INTEGER NOT NULL,
            valid_from DATE NOT NULL,
            valid_until DATE,
            is_demo BOOLEAN NOT NULL,
            CONSTRAINT pk_agreement PRIMARY KEY (id),
            CONSTRAINT ck_agreement_area_or_asset_owner CHECK (num_nonnulls(area_code, asset_owner_id) = 1),
            CONSTRAINT ck_agreement_area_kind_and_code CHECK ((area_kind is null) = (area_code is null)),
            CONSTRAINT ck_agreement_period CHECK (valid_until is null or valid_until >= valid_from),
            CONSTRAINT uq_agreement_code UNIQUE (code),
            CONSTRAINT fk_agreement_party_id FOREIGN KEY(party_id) REFERENCES party (id),
            CONSTRAINT fk_agreement_category_code FOREIGN KEY(category_code) REFERENCES category (code),
            CONSTRAINT fk_agreement_asset_owner_id FOREIGN KEY(asset_owner_id) REFERENCES party (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_agreement_area_kind_area_code ON agreement (area_kind, area_code)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_agreement_asset_owner_id ON agreement (asset_owner_id)
        """
    )
    op.execute(
        """
        CREATE TABLE routing_decision (
            id UUID NOT NULL,
            case_id UUID NOT NULL,
            party_id UUID,
            agreement_id UUID,
            because TEXT NOT NULL,
            grounds JSONB NOT NULL,
            rule_version INTEGER NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_routing_decision PRIMARY KEY (id),
            CONSTRAINT fk_routing_decision_party_id FOREIGN KEY(party_id) REFERENCES party (id),
            CONSTRAINT fk_routing_decision_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_routing_decision_case_id ON routing_decision (case_id)
        """
    )
