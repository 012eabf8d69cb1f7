"""What builds and checks the house, and is not part of it: assets, message catalogues."""
