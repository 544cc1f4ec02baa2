"""`python -m twsbridge.cli` is the same as `twsbridge`."""

import sys

from twsbridge_command import main

if __name__ == "__main__":
    sys.exit(main())
