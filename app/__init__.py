"""Straatbeeld: the way of a report, one package per capability."""
