"""Taking in a file that is sent for a meeting of the Board or for what there is with the HSE."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from organisation.models import User
from records.services import intake, trail
from risks.rules import Refused

logger = logging.getLogger(__name__)


def take(file: UploadedFile[Any], *, of: models.Model, act: str, by: User, at: datetime) -> intake.Taken:
    """Keep a file's bytes. Raises Refused with the reason and the mend.

    An infected one is kept in the trail as `act` on what it was sent for.
    """
    try:
        return intake.take(file, at=at)
    except intake.Infected as refusal:
        logger.error("An infected file was refused: %s, sent by user %s", refusal.finding, by.pk)
        words = {"name": refusal.name}
        with transaction.atomic():
            trail.record(act=act, thing=of, by=by, at=at, words=words, finding=refusal.finding)
        raise Refused(str(refusal)) from refusal
    except intake.NotKept as refusal:
        raise Refused(str(refusal)) from refusal
