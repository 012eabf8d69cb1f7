"""The passes, one a file. Each gives pairs with a decision; `settle` lets each pass take what it settled."""
