"""Takes instances by C-STORE."""
