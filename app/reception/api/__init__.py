"""The mobile API: places, reports and their photos."""
