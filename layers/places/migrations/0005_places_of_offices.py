"""Kinds of places that an office adds itself; what was done to places, and their photos."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

# As for every place: anchors lie on the lattice, inside the installation's window.
COLUMNS = "CALL ground_guard_column('places_otherplace', 'anchor', 1, true);"


class Migration(migrations.Migration):
    dependencies = [
        ("basemap", "0002_ground_checks"),
        ("media", "0001_initial"),
        ("places", "0004_addresses_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OtherPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ref",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="number in the source"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("kind", models.CharField(blank=True, max_length=60, verbose_name="kind")),
                ("anchor", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "accuracy",
                    models.CharField(
                        choices=[
                            ("A", "A: surveyed, 0.5 m"),
                            ("B", "B: from a map, 1 m"),
                            ("C", "C: by address, 10 m"),
                        ],
                        default="B",
                        max_length=1,
                        verbose_name="accuracy",
                    ),
                ),
                (
                    "located_by",
                    models.CharField(
                        choices=[
                            ("survey", "surveyed"),
                            ("map", "set on a map"),
                            ("address", "found by its address"),
                            ("import", "from a file"),
                            ("phone", "position of a phone"),
                        ],
                        db_default="import",
                        default="import",
                        max_length=8,
                        verbose_name="how it was located",
                    ),
                ),
                ("confidence", models.FloatField(blank=True, null=True, verbose_name="confidence")),
                (
                    "floor",
                    models.CharField(
                        blank=True, db_default="", max_length=20, verbose_name="floor"
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
                ),
                ("as_of", models.DateField(blank=True, null=True, verbose_name="as of")),
                (
                    "active",
                    models.BooleanField(db_default=True, default=True, verbose_name="in use"),
                ),
                (
                    "attributes",
                    models.JSONField(
                        blank=True, db_default={}, default=dict, verbose_name="further facts"
                    ),
                ),
            ],
            options={
                "verbose_name": "other place",
                "verbose_name_plural": "other places",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlaceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.SlugField(max_length=40, verbose_name="kind")),
                ("place", models.PositiveBigIntegerField(verbose_name="place")),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("changed", "changed"),
                            ("moved", "moved"),
                            ("confirmed", "confirmed"),
                            ("retired", "taken out of use"),
                            ("restored", "taken into use again"),
                        ],
                        max_length=12,
                        verbose_name="what was done",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("before", models.JSONField(default=dict, verbose_name="before")),
                ("after", models.JSONField(default=dict, verbose_name="after")),
            ],
            options={
                "verbose_name": "change of a place",
                "verbose_name_plural": "changes of places",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PlaceKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name_zh", models.CharField(max_length=60, verbose_name="name in Chinese")),
                ("name_en", models.CharField(max_length=60, verbose_name="name in English")),
                (
                    "icon",
                    models.CharField(
                        choices=[
                            ("star", "star"),
                            ("public", "public building"),
                            ("water", "water drop"),
                            ("home", "house"),
                            ("people", "people"),
                            ("power", "electricity"),
                            ("tree", "tree"),
                            ("parking", "parking"),
                            ("hydrant", "hydrant"),
                            ("shop", "shop"),
                            ("school", "school"),
                            ("health", "health"),
                        ],
                        default="star",
                        max_length=12,
                        verbose_name="icon",
                    ),
                ),
                ("publish", models.BooleanField(default=False, verbose_name="shown to residents")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "fields",
                    models.JSONField(blank=True, default=list, verbose_name="further facts"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "kind of place",
                "verbose_name_plural": "kinds of places",
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="PlacePhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.SlugField(max_length=40, verbose_name="kind")),
                ("place", models.PositiveBigIntegerField(verbose_name="place")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "photo of a place",
                "verbose_name_plural": "photos of places",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="building",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddField(
            model_name="building",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="building",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="building",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="building",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="building",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="hazardpoint",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="hospital",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddField(
            model_name="hospital",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="hospital",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="hospital",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="hospital",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="hospital",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="hospital",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="hospital",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="hospital",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="publicfacility",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="school",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddField(
            model_name="school",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="school",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="school",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="school",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="school",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="school",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="school",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="school",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddField(
            model_name="shop",
            name="as_of",
            field=models.DateField(blank=True, null=True, verbose_name="as of"),
        ),
        migrations.AddField(
            model_name="shop",
            name="attributes",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="further facts"
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="confidence",
            field=models.FloatField(blank=True, null=True, verbose_name="confidence"),
        ),
        migrations.AddField(
            model_name="shop",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed at"),
        ),
        migrations.AddField(
            model_name="shop",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="floor",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="floor"),
        ),
        migrations.AddField(
            model_name="shop",
            name="located_by",
            field=models.CharField(
                choices=[
                    ("survey", "surveyed"),
                    ("map", "set on a map"),
                    ("address", "found by its address"),
                    ("import", "from a file"),
                    ("phone", "position of a phone"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="how it was located",
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AlterField(
            model_name="hazardpoint",
            name="active",
            field=models.BooleanField(db_default=True, default=True, verbose_name="in use"),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="building_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazardpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="hazardpoint_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="hospital",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="hospital_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicfacility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="publicfacility_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="school",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="school_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="shop",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="shop_confidence_is_a_share",
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.building",
                verbose_name="part of the building",
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="basemap.source"
            ),
        ),
        migrations.AddField(
            model_name="placechange",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="place_kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places",
                to="places.placekind",
                verbose_name="kind of place",
            ),
        ),
        migrations.AddField(
            model_name="placephoto",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="placephoto",
            name="picture",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="place_photos",
                to="media.attachment",
            ),
        ),
        migrations.AddIndex(
            model_name="placechange",
            index=models.Index(fields=["kind", "place", "-at"], name="place_history"),
        ),
        migrations.AddIndex(
            model_name="otherplace",
            index=django.contrib.postgres.indexes.GistIndex(
                django.db.models.functions.comparison.Cast(
                    "anchor",
                    django.contrib.gis.db.models.fields.PointField(geography=True, srid=4326),
                ),
                name="otherplace_anchor_geography",
            ),
        ),
        migrations.AddConstraint(
            model_name="otherplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="otherplace_confidence_is_a_share",
            ),
        ),
        migrations.AddIndex(
            model_name="placephoto",
            index=models.Index(fields=["kind", "place"], name="place_photos"),
        ),
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
    ]
