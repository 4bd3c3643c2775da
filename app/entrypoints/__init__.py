"""The ways in: the web application, the worker, the command line and the wiring table."""
