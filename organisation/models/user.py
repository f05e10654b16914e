from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from organisation.models.appointment import READS_ALL, Appointment


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """People whom `can_read_person` grants, as a filter: those with an appointment that the reader may read."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        held = Appointment.objects.in_force(timezone.localdate()).filter(person=user)
        if held.to(READS_ALL).exists():
            return self
        return self.filter(pk__in=Appointment.objects.visible_to(user).values("person"))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """People whom the reader may see: see UserQuerySet."""
        return self.get_queryset().visible_to(user)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in by e-mail. Rights come from appointments in force, never from a field here."""

    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=200, help_text="As it is to be printed.")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its personal data was removed. What was signed keeps its signer’s name."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(is_active=False), name="removed_accounts_are_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls the account: it keeps no names of people there, where nothing can be erased."""
        return f"account {self.pk}"

    def get_full_name(self) -> str:
        return self.name
