"""Portraits, erased workers, and what was done to the roster."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0002_roles"),
        ("media", "0001_initial"),
        ("territory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="erased at"),
        ),
        migrations.AddField(
            model_name="worker",
            name="portrait",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="workers",
                to="media.attachment",
            ),
        ),
        migrations.CreateModel(
            name="DutyEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("engaged", "registered"),
                            ("changed", "data changed"),
                            ("portrait", "portrait given"),
                            ("no_portrait", "portrait removed"),
                            ("appointed", "appointed"),
                            ("ended", "post ended"),
                            ("vacant", "declared vacant"),
                            ("order", "A and B changed places"),
                            ("subjects", "subjects changed"),
                            ("cancelled", "taken back before it began"),
                            ("disclosed", "shown to residents"),
                            ("withdrawn", "no longer shown to residents"),
                            ("erased", "personal data erased"),
                            ("imported", "list brought in"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                ("lineage", models.UUIDField(blank=True, null=True, verbose_name="grid")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("since", models.DateTimeField(blank=True, null=True, verbose_name="holds from")),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_events",
                        to="territory.area",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_events",
                        to="territory.scheme",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="duty.worker",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of the roster",
                "verbose_name_plural": "events of the roster",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["area", "-at"], name="duty_event_by_time"),
                    models.Index(fields=["scheme", "lineage", "at"], name="duty_event_by_grid"),
                    models.Index(fields=["worker", "at"], name="duty_event_by_worker"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "engaged",
                                    "changed",
                                    "portrait",
                                    "no_portrait",
                                    "appointed",
                                    "ended",
                                    "vacant",
                                    "order",
                                    "subjects",
                                    "cancelled",
                                    "disclosed",
                                    "withdrawn",
                                    "erased",
                                    "imported",
                                ],
                            )
                        ),
                        name="duty_event_kind_known",
                    )
                ],
            },
        ),
    ]
