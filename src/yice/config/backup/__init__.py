"""A site in one file and back: the database as it stood at one moment, and the files that its rows name.

The keys are no part of it: whoever holds a backup without them can open nothing that is sealed.
"""
