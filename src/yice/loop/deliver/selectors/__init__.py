"""What may be read of cases, each answer narrowed to who asks."""
