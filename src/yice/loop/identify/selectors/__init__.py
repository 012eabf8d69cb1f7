"""What may be read, already narrowed to the actor. A page calls one of these and shows what it gets."""

from yice.loop.identify.selectors.home import home
from yice.loop.identify.selectors.person import person_page
from yice.loop.identify.selectors.search import search
from yice.loop.identify.selectors.visits import visit_list, visit_lists
from yice.loop.identify.selectors.worklist import Filters, worklist

__all__ = ["Filters", "home", "person_page", "search", "visit_list", "visit_lists", "worklist"]
