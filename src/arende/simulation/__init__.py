"""A simulated year: the real case types, played by people who are sometimes late, on a clock of its own."""
