"""Bringing in what others keep: areas and assets, from files and from the national services."""
