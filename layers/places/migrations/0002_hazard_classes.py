"""The classes of hazard points that published plans name; an office adds its own."""

from django.db import migrations

CLASSES = [
    ("fire", "消防安全", "Fire safety"),
    ("food", "食品安全", "Food safety"),
    ("epidemic", "公共卫生", "Epidemics and hygiene"),
    ("structures", "建筑与设备", "Structures and equipment"),
    ("surroundings", "周边环境", "Surroundings"),
    ("natural", "地质与气象灾害", "Geological and weather hazards"),
    ("gatherings", "群体活动", "Group activities"),
    ("goods", "危险物品", "Hazardous goods"),
]


def add_classes(apps, schema_editor):
    hazard_class = apps.get_model("places", "HazardClass")
    for order, (code, name_zh, name_en) in enumerate(CLASSES, start=1):
        hazard_class.objects.update_or_create(
            code=code, defaults={"name_zh": name_zh, "name_en": name_en, "order": order}
        )


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [migrations.RunPython(add_classes, migrations.RunPython.noop)]
