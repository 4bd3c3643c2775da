"""Every map people see: the live map, the map to point at a place, and "it is here"."""
