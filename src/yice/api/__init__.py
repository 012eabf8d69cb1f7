"""REST v1: what other systems ask, over the same selectors and services as the pages. It decides nothing itself."""
