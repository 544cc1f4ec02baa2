"""The pure core: inputs in, effects out. Nothing here knows a socket, a clock, a file or a thread."""
