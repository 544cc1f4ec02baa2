"""The shell towards clients: ZeroMQ sockets and keys. The only importer of zmq in the bridge."""
