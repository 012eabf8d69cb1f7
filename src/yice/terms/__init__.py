"""Words every part shares: sentences for people, problems, periods, money, today. No Django."""
