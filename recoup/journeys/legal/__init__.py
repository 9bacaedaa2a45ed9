"""To law and through it: opened with the client's word, moved by what happens at court, alarmed before time
runs out, papers put together."""
