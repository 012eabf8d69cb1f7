"""What comes in and goes out: files, lists, first looks, synthetic counties, exports."""
