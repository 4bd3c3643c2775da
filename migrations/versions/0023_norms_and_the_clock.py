"""Norms in days or hours, the working day, the clock that stops, and questions with answers."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

_UNITS = "('working-days', 'calendar-days', 'hours')"


def upgrade() -> None:
    """Add what a promise is reckoned with; what was promised before stays as it was."""
    for column in ("norm_unit", "danger_norm_unit"):
        op.execute(f"ALTER TABLE category ADD COLUMN {column} text NOT NULL DEFAULT 'working-days'")
        op.execute(
            "-- squawk-ignore constraint-missing-not-valid\n"
            f"ALTER TABLE category ADD CONSTRAINT ck_category_{column}"
            f" CHECK ({column} IN {_UNITS})"
        )
    op.execute("ALTER TABLE category ADD COLUMN version integer NOT NULL DEFAULT 1")
    # The rule that comes in its place, in the same transaction, allows all that it allowed.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE category DROP CONSTRAINT ck_category_danger_norm_is_stricter"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE category ADD CONSTRAINT ck_category_danger_norm_is_stricter"
        " CHECK (danger_norm_working_days >= 0 AND (danger_norm_unit <> norm_unit"
        " OR danger_norm_working_days <= norm_working_days))"
    )
    op.execute(
        f"""
        CREATE TABLE stricter_norm (
            id uuid NOT NULL,
            category_code text NOT NULL,
            amount smallint NOT NULL,
            unit text NOT NULL,
            asset_kind text,
            question_code text,
            answer text,
            CONSTRAINT pk_stricter_norm PRIMARY KEY (id),
            CONSTRAINT fk_stricter_norm_category_code_category FOREIGN KEY (category_code)
                REFERENCES category (code) ON DELETE CASCADE,
            CONSTRAINT ck_stricter_norm_amount CHECK (amount BETWEEN 0 AND 1000),
            CONSTRAINT ck_stricter_norm_unit CHECK (unit IN {_UNITS}),
            CONSTRAINT ck_stricter_norm_says_when
                CHECK (num_nonnulls(asset_kind, question_code) > 0),
            CONSTRAINT ck_stricter_norm_question_and_answer
                CHECK ((question_code IS NULL) = (answer IS NULL))
        )
        """
    )
    op.execute("CREATE INDEX ix_stricter_norm_category_code ON stricter_norm (category_code)")
    op.execute(
        """
        CREATE TABLE working_day (
            is_the_one boolean NOT NULL DEFAULT true,
            begins time NOT NULL DEFAULT '08:00',
            ends time NOT NULL DEFAULT '17:00',
            cut_off time NOT NULL DEFAULT '17:00',
            rests_on_liberation_day boolean NOT NULL DEFAULT true,
            version integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_working_day PRIMARY KEY (is_the_one),
            CONSTRAINT ck_working_day_is_the_one CHECK (is_the_one),
            CONSTRAINT ck_working_day_hours CHECK (begins < ends AND cut_off <= ends)
        )
        """
    )
    op.execute("INSERT INTO working_day DEFAULT VALUES")
    op.execute("ALTER TABLE defect_case ADD COLUMN at_risk_at timestamptz")
    op.execute("UPDATE defect_case SET at_risk_at = received_at + 0.75 * (due_at - received_at)")
    op.execute(
        """
        CREATE TABLE clock_stop (
            id uuid NOT NULL,
            case_id uuid NOT NULL,
            waiting_for text NOT NULL,
            stopped_at timestamptz NOT NULL,
            ran_on_at timestamptz,
            due_before timestamptz NOT NULL,
            due_after timestamptz,
            CONSTRAINT pk_clock_stop PRIMARY KEY (id),
            CONSTRAINT fk_clock_stop_case_id FOREIGN KEY (case_id) REFERENCES defect_case (id),
            CONSTRAINT ck_clock_stop_period CHECK (ran_on_at >= stopped_at),
            CONSTRAINT ck_clock_stop_ended CHECK ((ran_on_at IS NULL) = (due_after IS NULL))
        )
        """
    )
    op.execute("CREATE INDEX ix_clock_stop_case_id ON clock_stop (case_id)")
    op.execute(
        "CREATE UNIQUE INDEX uq_clock_stop_case_id_now ON clock_stop (case_id)"
        " WHERE ran_on_at IS NULL"
    )
    op.execute(
        "INSERT INTO clock_stop (id, case_id, waiting_for, stopped_at, due_before)"
        " SELECT gen_random_uuid(), id, coalesce(waiting_for, 'third-party'), changed_at, due_at"
        " FROM defect_case WHERE stage = 'waiting'"
    )
    op.execute(
        """
        CREATE TABLE question (
            id uuid NOT NULL,
            category_code text NOT NULL,
            code text NOT NULL,
            kind text NOT NULL,
            text_nl text NOT NULL,
            text_en text NOT NULL,
            phone text,
            is_required boolean NOT NULL DEFAULT false,
            is_private boolean NOT NULL DEFAULT false,
            options jsonb NOT NULL DEFAULT '[]',
            position smallint NOT NULL,
            retired_at timestamptz,
            version integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_question PRIMARY KEY (id),
            CONSTRAINT fk_question_category_code_category FOREIGN KEY (category_code)
                REFERENCES category (code) ON DELETE CASCADE,
            CONSTRAINT uq_question_category_code_code UNIQUE (category_code, code),
            CONSTRAINT ck_question_code CHECK (code ~ '^[a-z]+(-[a-z0-9]+)*$'),
            CONSTRAINT ck_question_kind CHECK (kind IN
                ('text', 'choice', 'choices', 'number', 'date', 'notice', 'stop')),
            CONSTRAINT ck_question_text CHECK (text_nl <> '' AND text_en <> ''),
            CONSTRAINT ck_question_only_questions_are_required
                CHECK (NOT is_required OR kind NOT IN ('notice', 'stop')),
            CONSTRAINT ck_question_choices_have_options
                CHECK ((kind IN ('choice', 'choices')) = (options <> '[]'))
        )
        """
    )
    op.execute("ALTER TABLE report ADD COLUMN answered jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE report ADD COLUMN missing_answers jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    """Take all of it away again."""
    for column in ("missing_answers", "answered"):
        op.execute(f"ALTER TABLE report DROP COLUMN {column}")
    op.execute("DROP TABLE question")
    op.execute("DROP TABLE clock_stop")
    op.execute("ALTER TABLE defect_case DROP COLUMN at_risk_at")
    op.execute("DROP TABLE working_day")
    op.execute("DROP TABLE stricter_norm")
    op.execute("ALTER TABLE category DROP CONSTRAINT ck_category_danger_norm_is_stricter")
    op.execute(
        "ALTER TABLE category ADD CONSTRAINT ck_category_danger_norm_is_stricter"
        " CHECK (danger_norm_working_days BETWEEN 0 AND norm_working_days) NOT VALID"
    )
    op.execute("ALTER TABLE category DROP COLUMN version")
    for column in ("danger_norm_unit", "norm_unit"):
        op.execute(f"ALTER TABLE category DROP COLUMN {column}")
