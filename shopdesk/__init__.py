"""The project: settings, addresses, home, global search, the launcher. It alone knows all apps."""
