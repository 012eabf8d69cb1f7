"""Pages for staff. They hold no rules and build no queries: forms, services, selectors, templates."""
