"""What people need, judged: scales scored, assessors certified, determinations."""
