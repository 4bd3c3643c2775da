"""The history of cases only grows, however somebody tries: truncating it is refused too."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Refuse every way to change or empty the history, the owner's too."""
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- What the law says must go, that role takes away; nobody works with it every day.
            IF current_user = 'straatbeeld_retention' THEN
                IF TG_OP = 'DELETE' THEN
                    RETURN OLD;
                END IF;
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'history_entry only grows' USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER history_entry_is_not_emptied
            BEFORE TRUNCATE ON history_entry
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()
        """
    )
    # ALWAYS: also in a session that calls itself a replica, in which other triggers keep silent.
    op.execute("ALTER TABLE history_entry ENABLE ALWAYS TRIGGER history_entry_only_grows")
    op.execute("ALTER TABLE history_entry ENABLE ALWAYS TRIGGER history_entry_is_not_emptied")
