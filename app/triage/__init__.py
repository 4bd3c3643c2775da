"""What a report is about: its category, whether it is known already, and how urgent it is."""
