"""`yice doctor`: what is wrong with an installation and how to mend it.

Each check is a function that gives findings; one that stumbles becomes a finding itself, so that a broken site
still hears about everything else.
"""
