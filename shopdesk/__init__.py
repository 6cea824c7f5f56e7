"""The project: settings, addresses, home, global search, the launcher. It alone knows all apps."""

# As in pyproject.toml.
VERSION = "0.1.0"
