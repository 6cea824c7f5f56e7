"""One change to many customers: chosen in the list, done by a worker, and undone if wanted."""
