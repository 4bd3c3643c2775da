"""Categories, and the words by which people call them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the categories, their keywords, and two text search configurations.

    PostgreSQL's own configurations drop stop words, and "niet", "aan" and "uit" are
    among them: just the words that tell "brandt niet" from "brandt overdag". Ours stem
    in the same way and keep every word.
    """
    for language in ("dutch", "english"):
        op.execute(
            f"CREATE TEXT SEARCH DICTIONARY straatbeeld_{language}_stem"
            f" (TEMPLATE = snowball, LANGUAGE = {language})"
        )
        op.execute(
            f"CREATE TEXT SEARCH CONFIGURATION straatbeeld_{language}"
            f" (COPY = pg_catalog.{language})"
        )
        op.execute(
            f"ALTER TEXT SEARCH CONFIGURATION straatbeeld_{language}"
            " ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part"
            f" WITH straatbeeld_{language}_stem"
        )
    op.execute(
        """
        CREATE TABLE category (
            code text NOT NULL,
            parent_code text,
            name_nl text NOT NULL,
            name_en text NOT NULL,
            position smallint NOT NULL,
            norm_working_days smallint,
            danger_norm_working_days smallint,
            danger_text_nl text,
            danger_text_en text,
            danger_phone text,
            asset_kind text,
            join_group text,
            join_within_metres smallint NOT NULL DEFAULT 250,
            public_visibility text NOT NULL DEFAULT 'exact',
            retired_at timestamptz,
            updated_at timestamptz NOT NULL DEFAULT now(),
            is_demo boolean NOT NULL DEFAULT false,
            CONSTRAINT pk_category PRIMARY KEY (code),
            CONSTRAINT fk_category_parent_code_category
                FOREIGN KEY (parent_code) REFERENCES category (code),
            CONSTRAINT ck_category_code_names_its_parent CHECK (
                CASE WHEN parent_code IS NULL THEN code ~ '^[a-z]+(-[a-z]+)*$'
                     ELSE code ~ '^[a-z-]+[.][a-z]+(-[a-z]+)*$'
                          AND split_part(code, '.', 1) = parent_code END
            ),
            CONSTRAINT ck_category_inner_has_norm_and_group CHECK (
                parent_code IS NULL OR (norm_working_days >= 0 AND join_group IS NOT NULL)
            ),
            CONSTRAINT ck_category_danger_norm_is_stricter CHECK (
                danger_norm_working_days BETWEEN 0 AND norm_working_days
            ),
            CONSTRAINT ck_category_public_visibility_is_known CHECK (
                public_visibility IN ('exact', 'blurred', 'hidden')
            )
        )
        """
    )
    op.execute("CREATE INDEX ix_category_parent_code ON category (parent_code)")
    op.execute(
        """
        CREATE TABLE category_keyword (
            category_code text NOT NULL,
            language text NOT NULL,
            words text NOT NULL,
            weight real NOT NULL DEFAULT 1,
            query tsquery NOT NULL GENERATED ALWAYS AS (
                CASE language
                    WHEN 'nl' THEN phraseto_tsquery('straatbeeld_dutch'::regconfig, words)
                    ELSE phraseto_tsquery('straatbeeld_english'::regconfig, words)
                END
            ) STORED,
            CONSTRAINT pk_category_keyword PRIMARY KEY (category_code, language, words),
            CONSTRAINT fk_category_keyword_category_code_category
                FOREIGN KEY (category_code) REFERENCES category (code) ON DELETE CASCADE,
            CONSTRAINT ck_category_keyword_language_is_known CHECK (language IN ('nl', 'en')),
            CONSTRAINT ck_category_keyword_weight_is_positive CHECK (weight > 0)
        )
        """
    )
    # The one category the code itself names: what cannot be told from the words goes there.
    op.execute(
        """
        INSERT INTO category (code, parent_code, name_nl, name_en, position,
                              norm_working_days, join_group, public_visibility)
        VALUES ('overig', NULL, 'Overig', 'Other', 99, NULL, NULL, 'exact'),
               ('overig.anders', 'overig', 'Anders', 'Something else', 99, 5, 'other', 'blurred')
        """
    )


def downgrade() -> None:
    """Drop the categories and the text search configurations."""
    op.execute("DROP TABLE category_keyword")
    op.execute("DROP TABLE category")
    for language in ("english", "dutch"):
        op.execute(f"DROP TEXT SEARCH CONFIGURATION straatbeeld_{language}")
        op.execute(f"DROP TEXT SEARCH DICTIONARY straatbeeld_{language}_stem")
