"""People who work here, their posts, and the one place that answers may, which and why."""
