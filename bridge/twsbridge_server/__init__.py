"""The bridge process: a pure core, and shells towards TWS, clients and the disk."""
