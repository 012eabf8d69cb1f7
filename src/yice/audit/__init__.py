"""Everything that happened: append-only events in a hash chain, read back as sentences."""
