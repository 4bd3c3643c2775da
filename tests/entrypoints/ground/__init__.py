"""The ground holds: processes, database and set-up."""
