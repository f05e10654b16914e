from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with OWASP's second parameter set (19 MiB, two passes): some 30 ms a sign-in, not a second."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class DemoArgon2(Argon2):
    """The same under another name: no other profile knows it, so a password of the demo is refused there."""

    algorithm = "demo_argon2"
