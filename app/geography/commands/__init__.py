"""What an operator types to bring in areas and assets, and to take an import back."""
