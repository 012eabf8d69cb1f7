"""Why, for one person: each condition in words, and which facts to find out next."""
