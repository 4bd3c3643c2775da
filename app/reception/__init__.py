"""Reception: walks the whole way of a report in one place and one transaction."""
