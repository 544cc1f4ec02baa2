"""`twsbridge demo`: the whole of it as separate processes for some seconds, and the proof that it did what it says."""
