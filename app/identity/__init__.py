"""Who acts here, and what they may do."""
