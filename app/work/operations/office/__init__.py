"""What coordinators do with many cases: list them by a filter and search."""
