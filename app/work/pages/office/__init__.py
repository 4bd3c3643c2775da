"""`/beheer/zaken`: the list of cases and its search."""
