"""What identification gives the snapshot: the people themselves and every fact known of them."""

from yice.loop.identify.facts.settle import Settled, settled
from yice.loop.identify.facts.tables import TIMES, people

__all__ = ["TIMES", "Settled", "people", "settled"]
