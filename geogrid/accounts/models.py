from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who logs in.

    What a user may do is not written here: a role over a part of the territory is an
    `Authority` (territory), answering for a grid is a `Post` (duty).
    """

    display_name = models.CharField(_("name shown"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_demo = models.BooleanField(
        _("demo account"),
        default=False,
        help_text=_("Opens without a password; the server refuses to leave this machine with one."),
    )

    def __str__(self) -> str:
        return self.display_name or self.username
