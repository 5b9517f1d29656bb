"""The intervals most offices start with; each area may set its own beside them."""

from django.db import migrations

# level: (every, unit, Chinese suffix, English word)
INTERVALS = {
    1: (5, "working", "周查", "weekly"),
    2: (10, "working", "双周查", "fortnightly"),
    3: (30, "calendar", "月查", "monthly"),
    4: (90, "calendar", "季查", "quarterly"),
}
# What the check is called, where the name of the class would be too long for a phone.
SHORT = {
    "fire": ("消防", "fire check"),
    "food": ("食品", "food check"),
    "epidemic": ("卫生", "hygiene check"),
    "structures": ("设备", "equipment check"),
    "surroundings": ("周边", "surroundings check"),
    "natural": ("灾害点", "slope and water check"),
    "gatherings": ("活动场所", "venue check"),
    "goods": ("危险品", "hazardous goods check"),
}


def add_rules(apps, schema_editor):
    hazard_class = apps.get_model("places", "HazardClass")
    rule = apps.get_model("patrols", "InspectionRule")
    for row in hazard_class.objects.filter(code__in=SHORT):
        zh, en = SHORT[row.code]
        for level, (every, unit, suffix, word) in INTERVALS.items():
            rule.objects.update_or_create(
                area=None,
                hazard_class=row,
                level=level,
                defaults={
                    "every": every,
                    "unit": unit,
                    "name_zh": f"{zh}{suffix}",
                    "name_en": f"{word} {en}",
                },
            )


class Migration(migrations.Migration):
    dependencies = [("patrols", "0001_initial"), ("places", "0002_hazard_classes")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
