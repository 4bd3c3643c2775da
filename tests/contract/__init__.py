"""The promises to programs of others: documents that do not drift, examples that work."""
