"""Share one Interactive Brokers login between any number of processes. `Client` talks to a running bridge."""
