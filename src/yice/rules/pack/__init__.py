"""A pack as a folder becomes a checked plan: reading, shapes, ties, cases, and what is wrong in words."""
