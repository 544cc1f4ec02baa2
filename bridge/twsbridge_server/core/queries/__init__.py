"""Questions that TWS answers once: one table says how each is asked and what its answer is made of."""
