"""Yice (一策): runs a place's disability-assistance plan. docs/architecture.md is the map."""
