"""Nothing lost: whole nodes and the database die, fill up and are changed under writers. `python -m bench.reliability`.

Sixteen writers at once take needs through the pages of two nodes that share one PostgreSQL, as browsers do: a session,
a form with its own key. A write counts as acknowledged once its redirect has been read; whoever got no answer sends
the same key again, to either node. At the end every acknowledged key must be there exactly once.
"""
