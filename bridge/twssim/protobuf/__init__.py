"""The protobuf wire of server versions 201 and later; the only part of the simulator that needs ibapi.

The message classes belong to the installed ibapi and are imported from it, never copied.
Nothing outside `twssim.profile` imports this package, and that only when such a version is asked for.
"""
