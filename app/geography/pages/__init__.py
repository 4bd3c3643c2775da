"""Pages of administration about areas and assets."""
