"""The tests. A package, so that no library that ships its own tests stands in front of it."""
