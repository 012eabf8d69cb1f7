"""Who is left out, who may be paid in error, who cannot be decided: persons, lists, findings, asks."""
