"""Why a verb of a product refuses. The page, the task or the connector turns it into words."""


class HandleTaken(Exception):
    """Another product of the shop has this handle."""
