"""Templates of papers: which parts and sections a paper begun from one has. Loaded from files by an operator."""

from __future__ import annotations

from typing import Any

from django.db import models


class PaperTemplate(models.Model):
    """A template as its file says it. A paper keeps a copy of the skeleton, so loading it anew changes no paper."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    meaning = models.TextField(blank=True, help_text="What it is for, told to whoever begins a paper.")
    skeleton: models.JSONField[Any, Any] = models.JSONField()
    is_offered = models.BooleanField(default=True)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
