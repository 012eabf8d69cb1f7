"""The division tree: 12-digit codes from province to village, with validity and local tier names."""
