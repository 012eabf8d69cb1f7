"""Rows of a list and persons on file, compared by `yice.matching`: what is decided, what somebody must look at."""
