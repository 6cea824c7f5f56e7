"""The demo: a coffee shop in Hamburg, made by the app's own verbs."""
