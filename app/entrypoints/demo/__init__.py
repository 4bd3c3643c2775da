"""The demo municipality: made-up borders, streets and reports to try everything with."""
