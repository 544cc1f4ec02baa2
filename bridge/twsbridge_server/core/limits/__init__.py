"""What an order must pass before its intent is written: limits of the client, of the account, and of everything."""
