"""arende: a workflow engine for decision processes in Swedish regions and municipalities."""

__version__ = "0.1.0"
