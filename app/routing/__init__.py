"""Routing: who is responsible for a defect, by when, and why."""
