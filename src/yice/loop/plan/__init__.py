"""One person one plan, one household one case: measures with department, person, result, date and money."""
