"""The worker and its beat. Queues only ring the bell; what is to be done stands in the jobs table."""

import os
import sys
from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.servers import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    settings.PROFILE  # noqa: B018  # reads the settings now: every process of the product passes here as it starts
except ImproperlyConfigured as error:
    sys.exit(f"{error}")  # what is missing, in words: no traceback for it


class KnownTask(Task):  # type: ignore[type-arg]  # generic in its stubs alone
    """A task whose changes the histories tell from those that came from outside the application."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run it, with its name beside every change that the database's triggers keep."""
        from pghistory import context  # it needs Django to be set up

        with context(task=self.name):
            return super().__call__(*arguments, **named)


app = Celery("truelevel", task_cls=KnownTask)
app.set_default()  # web threads ring the bell too, and have no current app of their own
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def end_with_the_worker(**_: Any) -> None:
    """A pool child that outlives a killed worker would go on with work that nobody supervises."""
    die_with_parent()
