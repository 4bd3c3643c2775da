"""What the codebase as a whole promises."""
