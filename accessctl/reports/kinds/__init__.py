"""Each report, in a file of its own: it reads the stores through a ``Desk`` and gives a ``Report``."""
