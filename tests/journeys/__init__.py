"""The journeys. A package, so that what they share ends with the last of them, before other tests go on."""
