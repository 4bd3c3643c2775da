"""The pages of reception: the report form, and following a report."""
