"""A fictional force, the same for the same seed: its plan and words are pure, `loading.py` writes the rows."""
