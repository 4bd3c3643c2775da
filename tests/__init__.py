"""What Straatbeeld promises, as sentences that run."""
