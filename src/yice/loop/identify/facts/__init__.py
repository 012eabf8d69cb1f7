"""What identification gives the snapshot: the people themselves and every fact known of them."""

from yice.loop.identify.facts.settle import Settled, settled
from yice.loop.identify.facts.tables import DIED, HOME, TIMES, people

__all__ = ["DIED", "HOME", "TIMES", "Settled", "people", "settled"]
