"""Work that outlives a request: lease, progress, cancel, resume."""
