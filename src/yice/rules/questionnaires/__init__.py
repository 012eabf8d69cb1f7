"""What a yearly round asks: items with their gates, how they hang together, the columns of the official system."""
