"""Publishing: what everyone may see, and nothing else."""
