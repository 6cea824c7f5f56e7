"""Staff's pages about customers."""
