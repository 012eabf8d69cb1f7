"""Installed packs, snapshots of the facts, screening runs."""
