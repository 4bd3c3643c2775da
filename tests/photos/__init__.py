"""Photos: examined, kept, made safe, shown, erased."""
