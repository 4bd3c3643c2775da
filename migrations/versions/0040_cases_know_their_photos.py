"""A case knows whether it has a photo, so that the list need not look for one at each."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"

_HAS_ONE = """
    EXISTS (SELECT FROM report JOIN photo ON photo.report_id = report.id
            WHERE report.case_id = {case})
    OR EXISTS (SELECT FROM task JOIN photo ON photo.task_id = task.id WHERE task.case_id = {case})
"""


def upgrade() -> None:
    """Make the column, and keep it by what happens to photos and to the reports they belong to."""
    op.execute("ALTER TABLE defect_case ADD COLUMN has_photo boolean NOT NULL DEFAULT false")
    # They find the tables also where a session names no schema, as one that loads a back-up does.
    # Photos come with a report, later, or with a closing; they go with a report that is erased, and
    # move with one that joins another case. None of those need know of this.
    op.execute(
        f"""
        CREATE FUNCTION tell_cases_of_photos(cases uuid[]) RETURNS void LANGUAGE sql
        SET search_path FROM CURRENT AS $$
            UPDATE defect_case SET has_photo = told.has_photo
            FROM (SELECT id, {_HAS_ONE.format(case="one.id")} AS has_photo
                  FROM unnest(cases) AS one (id)) AS told
            WHERE defect_case.id = told.id AND defect_case.has_photo <> told.has_photo
        $$
        """  # noqa: S608  # our own words
    )
    op.execute(
        """
        CREATE FUNCTION find_case_of_photo() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM tell_cases_of_photos(ARRAY(
                SELECT case_id FROM report WHERE id IN (OLD.report_id, NEW.report_id)
                UNION SELECT case_id FROM task WHERE id IN (OLD.task_id, NEW.task_id)));
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_knows_its_photos AFTER INSERT OR DELETE OR UPDATE OF report_id, task_id
            ON photo FOR EACH ROW EXECUTE FUNCTION find_case_of_photo()
        """
    )
    op.execute(
        """
        CREATE FUNCTION find_cases_of_report() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM tell_cases_of_photos(ARRAY[OLD.case_id, NEW.case_id]);
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_knows_its_photos AFTER DELETE OR UPDATE OF case_id
            ON report FOR EACH ROW EXECUTE FUNCTION find_cases_of_report()
        """
    )
    op.execute(
        f"UPDATE defect_case AS c SET has_photo = true WHERE {_HAS_ONE.format(case='c.id')}"  # noqa: S608  # our own words
    )
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_defect_case_photo_received_at_id ON defect_case (received_at, id)
            WHERE has_photo
        """
    )
