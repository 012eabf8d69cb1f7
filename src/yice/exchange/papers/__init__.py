"""Papers: what a pack lays out, filled from the same facts as every page, as PDF and as Word.

print_paper(actor=, paper=, about=, form=, reason=) -> Printed     the file; printing stands in the record
"""
