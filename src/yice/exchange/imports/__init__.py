"""From a normalised file to committed rows: upload → staged preview → commit, all or nothing.

This package is the only bulk writer of persons and lists, so it holds its SQL itself: rows are sealed before they
reach the staging store (a second SQLite file, or unlogged tables on PostgreSQL), compared there with what is on
file, and written to the tables of `loop.identify` by one statement a table, in one transaction. Single edits go
through the services of `loop.identify`.
"""
