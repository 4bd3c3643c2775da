"""Backing up and restoring: the database and the photos as one archive of one moment."""
