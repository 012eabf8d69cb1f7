"""A province on PostgreSQL, and what its pages cost: see `bench.load.__main__`."""
