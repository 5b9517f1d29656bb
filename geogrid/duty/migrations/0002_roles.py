"""The three roles that every office has; names per scheme are the office's own affair."""

from django.db import migrations

ROLES = [
    ("chief", "网格长", "Grid chief", 1),
    ("worker", "网格员", "Grid worker", 2),
    ("information_officer", "信息员", "Information officer", 3),
]


def add_roles(apps, schema_editor):
    role = apps.get_model("duty", "PostRole")
    for code, name_zh, name_en, rank in ROLES:
        role.objects.update_or_create(
            code=code, defaults={"name_zh": name_zh, "name_en": name_en, "rank": rank}
        )


class Migration(migrations.Migration):
    dependencies = [("duty", "0001_initial")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
