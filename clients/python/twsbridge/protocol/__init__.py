"""The wire definition: frames, commands, replies, events, topics and errors. The bridge imports it from here."""
