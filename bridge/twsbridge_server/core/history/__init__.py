"""Historical bars: asked of TWS in the pieces and at the pace that it allows, kept, shared and joined."""
