"""The partner API: the programs of contractors and teams read and do the tasks of their party."""
