"""The whole desk in one folder, and back: rows, files and settings; keys are kept elsewhere."""
