"""Comparing lists, measured: made-up registers and lists with their truth, Splink as trainer and referee.

python -m bench.matching                      every method beside ours, on one pair of files
python -m bench.matching.generate --out DIR   the files alone, any size
python -m bench.matching.train                the numbers of src/yice/matching/model.json
"""
