"""What a plan's targets, norms and quotas come to: counted in one pass, rolled up the tree, judged with bounds."""
