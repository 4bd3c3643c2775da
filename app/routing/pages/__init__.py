"""The pages of routing below `/beheer`, one module for each thing that is kept."""
