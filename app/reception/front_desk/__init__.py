"""The front desk takes a report for somebody who calls, and finds theirs when they ask about it."""
