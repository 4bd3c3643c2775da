"""What administrators change of kinds of reports and of what is asked about them."""
