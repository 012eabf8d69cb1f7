"""Two plans over the same people: who gains, who loses, and what it costs."""
