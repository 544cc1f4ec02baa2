"""The drill: golden sequences, run harmlessly on a real paper account and on the simulator, and every difference.

Only `session` and `orders` import ibapi; of this project everything here imports the simulator alone.
"""
