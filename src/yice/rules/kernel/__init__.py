"""A plan over many people at once: three-valued logic on bits, statuses, amounts, findings."""
