"""Makers: one line gives a test the row it needs, the interesting value stands in the test."""
