"""Use cases: one function per command, one module per noun."""
