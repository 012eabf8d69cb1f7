"""What may be done with a case. Each service authorises, locks, changes, records and commits."""
