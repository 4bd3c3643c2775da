"""Cases, tasks, the desk's list and the history, which only grows."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables of work and forbid changing the history."""
    op.execute(
        """
        CREATE TABLE defect_case (
            id UUID NOT NULL,
            reference TEXT NOT NULL,
            category_code TEXT NOT NULL,
            category_group TEXT NOT NULL,
            stage TEXT NOT NULL,
            spot geometry(POINT,4326) NOT NULL,
            asset_id UUID,
            party_id UUID,
            is_danger BOOLEAN NOT NULL,
            report_count INTEGER NOT NULL,
            received_at TIMESTAMP WITH TIME ZONE NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            version INTEGER NOT NULL,
            planned_on DATE,
            waiting_for TEXT,
            closed_at TIMESTAMP WITH TIME ZONE,
            closing_reason TEXT,
            merged_into UUID,
            is_demo BOOLEAN NOT NULL,
            CONSTRAINT pk_defect_case PRIMARY KEY (id),
            CONSTRAINT ck_defect_case_stage CHECK (stage in (
                'received', 'assigned', 'planned', 'in-progress', 'waiting', 'resolved', 'closed-without-work', 'referred', 'merged')),
            CONSTRAINT ck_defect_case_merged_into CHECK ((stage = 'merged') = (merged_into is not null)),
            CONSTRAINT ck_defect_case_closed_at CHECK ((stage in (
                'received', 'assigned', 'planned', 'in-progress', 'waiting')) = (closed_at is null)),
            CONSTRAINT uq_defect_case_reference UNIQUE (reference),
            CONSTRAINT fk_defect_case_category_code FOREIGN KEY(category_code) REFERENCES category (code),
            CONSTRAINT fk_defect_case_asset_id FOREIGN KEY(asset_id) REFERENCES asset (id),
            CONSTRAINT fk_defect_case_party_id FOREIGN KEY(party_id) REFERENCES party (id),
            CONSTRAINT fk_defect_case_merged_into FOREIGN KEY(merged_into) REFERENCES defect_case (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_defect_case_open_due_at
            ON defect_case (due_at)
            WHERE stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')
        """
    )
    op.execute(
        """
        CREATE INDEX ix_defect_case_open_spot
            ON defect_case USING gist (spot)
            WHERE stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')
        """
    )
    op.execute(
        """
        CREATE INDEX ix_defect_case_received_at ON defect_case (received_at)
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX uq_defect_case_open_asset_id_category_group
            ON defect_case (asset_id, category_group)
            WHERE asset_id is not null and stage in (
                'received', 'assigned', 'planned', 'in-progress', 'waiting')
        """
    )
    op.execute(
        """
        CREATE TABLE task (
            id UUID NOT NULL,
            case_id UUID NOT NULL,
            party_id UUID NOT NULL,
            stage TEXT NOT NULL,
            version INTEGER NOT NULL,
            offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            held_until DATE,
            result TEXT,
            remark TEXT,
            decline_reason TEXT,
            CONSTRAINT pk_task PRIMARY KEY (id),
            CONSTRAINT ck_task_stage CHECK (stage in (
                'offered', 'accepted', 'started', 'on-hold', 'done', 'declined', 'cancelled')),
            CONSTRAINT ck_task_result CHECK ((stage = 'done') = (result is not null)),
            CONSTRAINT ck_task_declined CHECK ((stage = 'declined') = (decline_reason is not null)),
            CONSTRAINT fk_task_case_id FOREIGN KEY(case_id) REFERENCES defect_case (id),
            CONSTRAINT fk_task_party_id FOREIGN KEY(party_id) REFERENCES party (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_task_case_id ON task (case_id)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_task_open_party_id_due_at
            ON task (party_id, due_at)
            WHERE stage in ('offered', 'accepted', 'started', 'on-hold')
        """
    )
    op.execute(
        """
        CREATE INDEX ix_task_party_id_offered_at_id ON task (party_id, offered_at, id)
        """
    )
    op.execute(
        """
        CREATE TABLE desk_entry (
            id UUID NOT NULL,
            case_id UUID NOT NULL,
            reason TEXT NOT NULL,
            details JSONB NOT NULL,
            raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
            settled_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_desk_entry PRIMARY KEY (id),
            CONSTRAINT ck_desk_entry_reason CHECK (reason in (
                'nobody-responsible', 'declined', 'unsure-category', 'possible-duplicate', 'not-solved', 'remark')),
            CONSTRAINT fk_desk_entry_case_id FOREIGN KEY(case_id) REFERENCES defect_case (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_desk_entry_case_id ON desk_entry (case_id)
        """
    )
    op.execute(
        """
        CREATE INDEX ix_desk_entry_open_raised_at
            ON desk_entry (raised_at)
            WHERE settled_at is null
        """
    )
    op.execute(
        """
        CREATE TABLE history_entry (
            id BIGINT GENERATED ALWAYS AS IDENTITY,
            case_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            happening TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            actor_id UUID,
            details JSONB NOT NULL,
            CONSTRAINT pk_history_entry PRIMARY KEY (id),
            CONSTRAINT ck_history_entry_actor_kind CHECK (actor_kind in (
                'account', 'partner', 'reporter', 'system')),
            CONSTRAINT fk_history_entry_case_id FOREIGN KEY(case_id) REFERENCES defect_case (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_history_entry_case_id ON history_entry (case_id)
        """
    )
    op.execute(
        """
        ALTER TABLE report ADD CONSTRAINT fk_report_case_id FOREIGN KEY (case_id) REFERENCES defect_case (id)
        """
    )
    op.execute(
        """
        ALTER TABLE photo ADD CONSTRAINT fk_photo_task_id FOREIGN KEY (task_id) REFERENCES task (id)
        """
    )
    op.execute(
        """
        ALTER TABLE routing_decision ADD CONSTRAINT fk_routing_decision_case_id FOREIGN KEY (case_id) REFERENCES defect_case (id)
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- The retention role purges what the law says must go; it is made with the retention work.
            IF current_user = 'straatbeeld_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'history_entry only grows' USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER history_entry_only_grows
            BEFORE UPDATE OR DELETE ON history_entry
            FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history()
        """
    )
