"""Where rows wait between preview and commit: sealed, apart from the site's own tables, gone once decided."""

from yice.exchange.imports.staging.store import Store, open_store

__all__ = ["Store", "open_store"]
