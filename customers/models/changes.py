"""Two members of staff never overwrite each other silently."""


class ChangedMeanwhile(Exception):
    """Somebody else saved this first."""
