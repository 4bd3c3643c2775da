"""What a case is told besides: priority, cause, whom it waits for, notes, standard texts, a check."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"

_OPEN = "stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')"


def upgrade() -> None:
    """Add the columns and the tables, and the desk's reason that a person checks the work."""
    op.execute("ALTER TABLE category ADD COLUMN is_checked boolean NOT NULL DEFAULT false")
    op.execute(
        """
        -- What people choose from on a page of a case, kept by an administrator.
        CREATE TABLE choice (
            code text CONSTRAINT pk_choice PRIMARY KEY,
            list text NOT NULL CONSTRAINT ck_choice_list CHECK (list in ('cause', 'third-party')),
            name_nl text NOT NULL,
            name_en text NOT NULL,
            is_retired boolean NOT NULL DEFAULT false,
            version integer NOT NULL DEFAULT 1,
            is_demo boolean NOT NULL DEFAULT false
        )
        """
    )
    op.execute(
        """
        CREATE TABLE standard_text (
            id uuid CONSTRAINT pk_standard_text PRIMARY KEY,
            used_for text NOT NULL CONSTRAINT ck_standard_text_used_for
                CHECK (used_for in ('waiting', 'closing')),
            category_code text CONSTRAINT fk_standard_text_category_code
                REFERENCES category (code),
            title text NOT NULL,
            words text NOT NULL,
            is_retired boolean NOT NULL DEFAULT false,
            version integer NOT NULL DEFAULT 1,
            changed_at timestamptz NOT NULL,
            is_demo boolean NOT NULL DEFAULT false
        )
        """
    )
    op.execute(
        """
        CREATE TABLE case_note (
            id uuid CONSTRAINT pk_case_note PRIMARY KEY,
            case_id uuid NOT NULL CONSTRAINT fk_case_note_case_id
                REFERENCES defect_case (id),
            account_id uuid,
            written_at timestamptz NOT NULL,
            words text NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_case_note_case_id ON case_note (case_id)")
    op.execute(
        """
        ALTER TABLE defect_case
            ADD COLUMN priority text NOT NULL DEFAULT 'normal',
            ADD COLUMN cause text,
            ADD COLUMN waiting_party text
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE defect_case ADD CONSTRAINT ck_defect_case_priority CHECK (
            priority in ('low', 'normal', 'high'))
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE defect_case ADD CONSTRAINT ck_defect_case_waiting_party CHECK (
            stage = 'waiting' OR waiting_party IS NULL)
        """
    )
    op.execute(
        """
        -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
        ALTER TABLE defect_case ADD CONSTRAINT fk_defect_case_cause FOREIGN KEY (cause)
            REFERENCES choice (code)
        """
    )
    op.execute(
        f"""
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_open_high ON defect_case (received_at, id)
            WHERE priority = 'high' AND {_OPEN}
        """
    )
    # What the desk asks of a party that gets a part of the work; never part of the history.
    op.execute("ALTER TABLE task ADD COLUMN request text")
    # The rule that comes in its place, in the same transaction, allows all that it allowed.
    op.execute(
        """
        -- squawk-ignore ban-drop-constraint
        ALTER TABLE desk_entry DROP CONSTRAINT ck_desk_entry_reason
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE desk_entry ADD CONSTRAINT ck_desk_entry_reason
            CHECK (reason in (
                'nobody-responsible', 'declined', 'unsure-category', 'possible-duplicate',
                'not-solved', 'remark', 'danger-waits', 'wait-over', 'other-answers', 'to-check'))
        """
    )
