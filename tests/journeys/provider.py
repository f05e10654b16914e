"""A real OpenID Connect provider (canaille) as a process of its own, for the tests of single sign-on.

    python provider.py SETTINGS.json

The settings name its port on loopback, the one client it serves, and its people. It keeps everything in memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import canaille  # type: ignore[import-untyped]  # ships no types
from canaille.app import models  # type: ignore[import-untyped]  # the same
from canaille.backends import Backend  # type: ignore[import-untyped]  # the same
from werkzeug.serving import make_server


def provider(settings: dict[str, Any]) -> Any:
    """Return the provider's WSGI application, with its client and its people."""
    at = f"localhost:{settings['port']}"
    app = canaille.create_app(
        {
            "SECRET_KEY": settings["secret_key"],
            "SERVER_NAME": at,
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {
                "DATABASE": "memory",
                "NAME": "The force",
                "JAVASCRIPT": False,
                "HTMX": False,
                "SMTP": settings.get("smtp"),
                "AUTHENTICATION_FACTORS": settings.get("factors", ["password"]),
            },
            "CANAILLE_OIDC": {"REQUIRE_NONCE": True, "TRUSTED_DOMAINS": []},
        },
        env_file=None,
    )
    # Whom it knows the address of: the provider has no claim of its own for it.
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = (
        "{% if user.organization == 'verified' %}true{% else %}false{% endif %}"
    )
    with app.app_context(), Backend.instance.session():
        for person in settings["people"]:
            Backend.instance.save(models.User(**person))
        said = settings["client"]
        client = models.Client(
            client_id=said["id"],
            client_secret=said["secret"],
            client_name="Truelevel",
            client_uri=said["home"],
            redirect_uris=[said["redirect"]],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_post",
        )
        Backend.instance.save(client)
        client.audience = [client]  # whom its tokens are for: the client itself
        Backend.instance.save(client)
    return app


if __name__ == "__main__":
    said = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    make_server("127.0.0.1", said["port"], provider(said), threaded=True).serve_forever()
