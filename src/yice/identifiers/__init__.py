"""Numbers, codes and names that say who and where: citizen id, certificate, division, name. No Django."""
