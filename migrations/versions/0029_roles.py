"""The roles of people: coordinator, analyst, team lead and a contractor's own people too."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Let an account have one of the new roles; whoever works for a party names it."""
    # The rules that come in their place, in the same transaction, allow all that they allowed.
    for rule in ("ck_account_role", "ck_account_crew_has_a_party"):
        op.execute(
            f"-- squawk-ignore ban-drop-constraint\nALTER TABLE account DROP CONSTRAINT {rule}"
        )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE account ADD CONSTRAINT ck_account_role CHECK (role IN (
            'administrator', 'coordinator', 'desk', 'analyst', 'team-lead', 'crew', 'contractor'))
        """
    )
    op.execute(
        """
        -- squawk-ignore constraint-missing-not-valid
        ALTER TABLE account ADD CONSTRAINT ck_account_crew_has_a_party CHECK (
            role NOT IN ('contractor', 'crew', 'team-lead') OR party_id IS NOT NULL)
        """
    )
