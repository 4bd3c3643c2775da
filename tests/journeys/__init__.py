"""The whole way of a report, through the doors that people and programs use."""
