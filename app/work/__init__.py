"""Work: the case and its tasks, from the first stage to the last."""
