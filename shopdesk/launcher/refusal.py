class Refused(Exception):
    """The launcher cannot go on. The message is for the person at the terminal."""
