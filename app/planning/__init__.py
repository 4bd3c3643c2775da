"""Planned works: what will be done where, when, and with which hindrance."""
