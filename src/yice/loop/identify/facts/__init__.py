"""What identification gives the snapshot: the people themselves and every fact known of them."""

from yice.loop.identify.facts.settle import Settled, settled
from yice.loop.identify.facts.tables import DIED, TIMES, people

__all__ = ["DIED", "TIMES", "Settled", "people", "settled"]
