"""Pages of administration about kinds of reports and what is asked about them."""
