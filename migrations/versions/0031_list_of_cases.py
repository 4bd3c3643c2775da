"""What the list of cases and its search are found by: areas of a case, indexes, words."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"

_INDEXES = (
    # The list goes on by key, so each order has its id at the end.
    "CREATE INDEX ix_defect_case_received_at_id ON defect_case (received_at, id)",
    "CREATE INDEX ix_defect_case_due_at_id ON defect_case (due_at, id)",
    (
        "CREATE INDEX ix_defect_case_party_id_received_at_id"
        " ON defect_case (party_id, received_at, id)"
    ),
    (
        "CREATE INDEX ix_defect_case_category_code_received_at_id"
        " ON defect_case (category_code, received_at, id)"
    ),
    (
        "CREATE INDEX ix_defect_case_open_received_at_id ON defect_case (received_at, id)"
        " WHERE stage in ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
    ),
    (
        "CREATE INDEX ix_defect_case_danger_received_at_id ON defect_case (received_at, id)"
        " WHERE is_danger"
    ),
    "CREATE INDEX ix_defect_case_areas ON defect_case USING gin (areas)",
    "CREATE INDEX ix_defect_case_spot ON defect_case USING gist (spot)",
    "CREATE INDEX ix_report_channel_case_id ON report (channel, case_id)",
    (
        "CREATE INDEX ix_report_words ON report USING gin (("
        "to_tsvector('straatbeeld_dutch', description)"
        " || to_tsvector('straatbeeld_english', description)))"
    ),
    "CREATE INDEX ix_contact_email ON contact (lower(email)) WHERE email IS NOT NULL",
    (
        "CREATE INDEX ix_contact_phone"
        " ON contact (right(regexp_replace(phone, '[^0-9]', '', 'g'), 9)) WHERE phone IS NOT NULL"
    ),
    (
        "CREATE INDEX ix_contact_name ON contact USING gin (to_tsvector('simple', name))"
        " WHERE name IS NOT NULL"
    ),
)


def upgrade() -> None:
    """Let a case know its areas, and make the indexes."""
    op.execute("ALTER TABLE defect_case ADD COLUMN areas text[] NOT NULL DEFAULT '{}'")
    # Whoever writes a case, by a form, by a copy of thousands or by moving its place, need not
    # know of this: its areas follow from where it is.
    op.execute(
        """
        CREATE FUNCTION areas_around(spot geometry, on_day date) RETURNS text[]
        LANGUAGE sql STABLE AS $$
            SELECT coalesce(array_agg(DISTINCT area.kind || ':' || area.code), '{}')
            FROM area_part JOIN area ON area.id = area_part.area_id
            WHERE ST_Covers(area_part.shape, areas_around.spot)
              AND area.kind <> 'municipality' AND area.valid_from <= on_day
              AND (area.valid_until IS NULL OR area.valid_until > on_day)
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION find_areas_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.areas := areas_around(
                NEW.spot, (NEW.received_at AT TIME ZONE 'Europe/Amsterdam')::date);
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_knows_its_areas BEFORE INSERT OR UPDATE OF spot ON defect_case
            FOR EACH ROW EXECUTE FUNCTION find_areas_of_case()
        """
    )
    op.execute(
        """
        UPDATE defect_case SET areas = areas_around(
            spot, (received_at AT TIME ZONE 'Europe/Amsterdam')::date)
        """
    )
    for statement in _INDEXES:
        op.execute(f"-- squawk-ignore require-concurrent-index-creation\n{statement}")
    # The index of both columns serves what this one served.
    op.execute(
        """
        -- squawk-ignore require-concurrent-index-deletion
        DROP INDEX ix_defect_case_received_at
        """
    )
