"""One module a task: form in, service called, selector shown."""
