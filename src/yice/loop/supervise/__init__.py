"""Whether the plan is kept: figures by area, reports frozen on their day."""
