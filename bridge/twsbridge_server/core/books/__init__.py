"""Positions, average cost and profit by owner, from the executions in the journal."""
