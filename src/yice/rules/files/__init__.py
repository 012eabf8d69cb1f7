"""Files of facts in, files of decisions out, a block at a time."""
