"""From the wire definition to its documents. Pure functions: the same models give the same text."""
