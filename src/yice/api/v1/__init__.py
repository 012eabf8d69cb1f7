"""The operations, one file a matter."""
