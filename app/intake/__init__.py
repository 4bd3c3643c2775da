"""Intake: a report arrives, is checked and kept; the first step of its way."""
