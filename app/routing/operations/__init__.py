"""What routing can do: decide, keep and explain a decision, manage agreements."""
