from typing import Self

from django.db import models


class BackgroundQuerySet(models.QuerySet):
    def of(self, place: str) -> Self:
        """Those brought for a territory."""
        return self.filter(place=place)

    def shown(self, place: str) -> Self:
        """Those that planners of a territory may lay below their map."""
        return self.of(place).filter(enabled=True)


class UnderlayQuerySet(models.QuerySet):
    def of(self, place: str) -> Self:
        """Those brought for a territory."""
        return self.filter(place=place)

    def placed(self, place: str) -> Self:
        """Those that lie somewhere on earth."""
        return self.of(place).filter(matrix__isnull=False)
