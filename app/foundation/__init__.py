"""What every capability stands on: settings, clock, database, jobs, errors."""
