"""Learns from past reports, and from what staff corrected, which words tell of which category.

See `docs/decisions/words-are-learned-every-night.md`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from app.foundation.database import Transaction
from app.intake.model import JoinedBy
from app.triage.learning import LearnedWord, keep_learned
from app.triage.model import ANYTHING_ELSE, ChosenBy

#: Older reports teach nothing; within this time a report counts for half after a year.
LEARNS_FOR = timedelta(days=3 * 365)
_HALF_AFTER_DAYS = 365
#: No more than the newest of these, so that a night is long enough.
AT_MOST_REPORTS = 200_000

#: What a report counts for: its reporter chose the kind, the desk did, or staff corrected it.
BY_REPORTER = 1.0
BY_DESK = 2.0
CORRECTED = 3.0

#: A word of fewer reports may be a name, and teaches nothing: it is not kept.
FEWEST_REPORTS = 5
#: So much evidence makes a word half as telling as its share says: a few reports are no rule.
_SMOOTHED_BY = 20.0
#: What tells less than this is left out.
_LEAST_WEIGHT = 0.1

_LEARN = text(
    """
    WITH said AS (
        SELECT report.category_code AS was, defect_case.category_code AS kind,
               power(0.5, extract(epoch FROM CAST(:now AS timestamptz) - report.received_at)
                          / (86400 * :half_after_days))
               * CASE WHEN report.category_code <> defect_case.category_code THEN :corrected
                      WHEN report.category_chosen_by = :desk THEN :by_desk
                      ELSE :by_reporter END AS counts,
               tsvector_to_array(to_tsvector('straatbeeld_dutch', report.description)
                   || to_tsvector('straatbeeld_english', report.description)) AS words
        FROM (
            SELECT * FROM report
            WHERE received_at > :since AND received_at <= :now
            ORDER BY received_at DESC LIMIT :at_most
        ) AS report
        JOIN defect_case ON defect_case.id = report.case_id
        -- What the words alone decided teaches nothing, until a person corrects it.
        WHERE (report.category_chosen_by <> :words
               OR report.category_code <> defect_case.category_code)
          AND report.joined_by = ANY(:vouched_for)
    ), spoken AS (
        SELECT word, kind, counts, 1 AS reports FROM said, unnest(words) AS word
        UNION ALL
        -- A correction speaks against the kind it was before.
        SELECT word, was, -counts, 0 FROM said, unnest(words) AS word
        WHERE was <> kind AND was <> :anything_else
    ), counted AS (
        SELECT word, kind, sum(counts) AS counts, sum(reports) AS reports
        FROM spoken WHERE word ~ '^[[:alpha:]]{3,30}$' GROUP BY word, kind
    ), weighed AS (
        SELECT word, kind, counts,
               sum(greatest(counts, 0)) OVER (PARTITION BY word) AS of_word,
               sum(reports) OVER (PARTITION BY word) AS reports
        FROM counted
    ), usual AS (
        SELECT kind, sum(counts) / sum(sum(counts)) OVER () AS share FROM said GROUP BY kind
    ), told AS (
        SELECT word, weighed.kind,
               (counts / greatest(of_word, 1) - coalesce(share, 0))
               * of_word / (of_word + :smoothed_by) AS weight
        FROM weighed LEFT JOIN usual ON usual.kind = weighed.kind
        WHERE reports >= :fewest_reports
    )
    SELECT word, kind, greatest(-1, least(1, weight)) AS weight
    FROM told WHERE abs(weight) >= :least_weight AND kind <> :anything_else
    """
)


def learn_from_reports(transaction: Transaction, *, now: datetime) -> int:
    """Learn anew from the reports there are; return of how many words with a category.

    Nothing of a report that is gone stays longer than until this is done again, and a word that
    fewer than `FEWEST_REPORTS` reports hold is never kept.
    """
    # Of 100,000 reports it takes a minute on a busy machine, and nobody waits for it.
    transaction.connection.execute(text("SET LOCAL statement_timeout = '10min'"))
    rows = transaction.read(
        _LEARN,
        {
            "now": now,
            "since": now - LEARNS_FOR,
            "at_most": AT_MOST_REPORTS,
            "half_after_days": _HALF_AFTER_DAYS,
            "corrected": CORRECTED,
            "by_desk": BY_DESK,
            "by_reporter": BY_REPORTER,
            "desk": ChosenBy.DESK.value,
            "words": ChosenBy.WORDS.value,
            "vouched_for": [one.value for one in JoinedBy if one.is_vouched_for],
            "anything_else": ANYTHING_ELSE,
            "smoothed_by": _SMOOTHED_BY,
            "fewest_reports": FEWEST_REPORTS,
            "least_weight": _LEAST_WEIGHT,
        },
    )
    learned = [LearnedWord(row.word, row.kind, float(row.weight)) for row in rows]
    keep_learned(transaction, learned)
    return len(learned)
