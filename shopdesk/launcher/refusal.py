class Refused(Exception):
    """The launcher cannot go on. The message is one clear sentence for the person at the terminal."""
