"""Where things are: areas, assets and addresses, and what lies at a point."""
