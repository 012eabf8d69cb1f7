"""The work itself, in its order: identify, assess, plan, deliver, supervise. Later reads earlier, never back."""
