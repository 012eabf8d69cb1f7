"""Lists as agreements: who owes which list when, whether it came, how damaged it was, how long it is kept; and the
doubts about its rows that go back to whoever sent it.

Reads: `selectors`. Writes: `services` (agree, chase, climb, delete), `doubts.services` (find, put, take the answers).
"""
