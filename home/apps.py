from django.apps import AppConfig
from django.core import checks

from home.checks import check_content_policy, check_cookies


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        """Register the checks for deployment."""
        checks.register(check_content_policy, checks.Tags.security, deploy=True)
        checks.register(check_cookies, checks.Tags.security, deploy=True)
