"""People's rights over their record: on what ground it is used, consents, guardians, objections, copy, disposal."""
