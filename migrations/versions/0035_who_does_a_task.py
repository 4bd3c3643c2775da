"""Who of a party does a task."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Let a person of a party take a task; a task without a row is for whoever comes first."""
    op.execute(
        """
        CREATE TABLE task_worker (
            task_id uuid CONSTRAINT pk_task_worker PRIMARY KEY
                CONSTRAINT fk_task_worker_task_id REFERENCES task (id),
            account_id uuid NOT NULL
                CONSTRAINT fk_task_worker_account_id REFERENCES account (id),
            since timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_task_worker_account_id_since ON task_worker (account_id, since)")
    # Who began a task that is not done yet has it.
    op.execute(
        """
        INSERT INTO task_worker (task_id, account_id, since)
        SELECT DISTINCT ON (task.id) task.id, account.id, history_entry.at
        FROM task
        JOIN history_entry ON history_entry.case_id = task.case_id
            AND history_entry.happening = 'task-started'
            AND history_entry.details ->> 'task' = CAST(task.id AS text)
        JOIN account ON account.id = history_entry.actor_id AND account.party_id = task.party_id
        WHERE task.stage IN ('started', 'on-hold') AND history_entry.actor_kind = 'account'
        ORDER BY task.id, history_entry.at DESC, history_entry.id DESC
        """
    )
