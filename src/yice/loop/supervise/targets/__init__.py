"""Targets and indicators of a place: counted when it is screened, kept by area, judged when they are read."""
