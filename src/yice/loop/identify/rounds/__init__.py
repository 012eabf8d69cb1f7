"""The yearly round: opened by the county, filled in village by village, checked by townships, locked, exchanged with
the national system in its own columns."""
