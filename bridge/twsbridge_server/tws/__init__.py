"""The shell towards TWS. The only importer of ibapi."""
