"""What is done for people: cases walked step by step as the pack says, payments, deliveries, notices."""
