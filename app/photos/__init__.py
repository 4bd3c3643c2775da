"""Photos: examined at the door, kept privately, made safe, shown by expiring link, erased."""
