class Refused(Exception):
    """A backup or a restore cannot go on. The message is for the person at the terminal."""
