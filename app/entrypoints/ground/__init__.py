"""The ground the system stands on: its own database cluster and the supervisor of its processes."""
