"""What happened: an append-only log, and the deliveries that make sure somebody acts on it."""
