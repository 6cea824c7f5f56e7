"""Who may come in: staff and customers' accounts, sign-in, reset requests."""
