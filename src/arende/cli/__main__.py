"""``python -m arende.cli``: how the supervisor starts the parts, wherever the package lies."""

from arende.cli import main

main()
