"""What can be reported, and the two deadline tables that are shipped. An office changes its own."""

from django.db import migrations

# code, icon, emergency, Chinese, English, examples
CATEGORIES = [
    ("lighting", "light", False, "路灯照明", "Street lighting",
     "路灯不亮、忽明忽暗，楼道灯坏了", "A street light is out or flickers"),
    ("rubbish", "trash", False, "垃圾清运", "Rubbish",
     "垃圾桶满溢，大件垃圾没人收", "Bins overflow, bulky waste left lying"),
    ("manhole", "road", False, "井盖与路面", "Manholes and road surface",
     "井盖松动、破损，路面有坑", "A loose manhole cover, a hole in the road"),
    ("leak", "water", False, "漏水与排水", "Water leaks and drains",
     "水管漏水，下水道堵塞，积水", "A burst pipe, a blocked drain, standing water"),
    ("fire_safety", "fire", False, "消防隐患", "Fire safety",
     "电动车进楼道，消防通道被占", "E-bikes in a stairwell, a blocked fire lane"),
    ("noise", "noise", False, "噪声扰民", "Noise",
     "夜间施工，商铺喇叭太吵", "Building work at night, loud music"),
    ("facilities", "office", False, "公共设施", "Public facilities",
     "健身器材、座椅、门禁坏了", "A broken bench, playground or gate"),
    ("parking", "pin", False, "车辆停放", "Parking",
     "占用绿地、人行道停车", "Cars on green space or pavements"),
    ("food", "eye", False, "食品卫生", "Food hygiene",
     "小餐饮卫生差，油烟扰民", "A dirty kitchen, fumes from a restaurant"),
    ("disputes", "people", False, "邻里纠纷", "Disputes",
     "邻里矛盾，物业收费争议", "Trouble between neighbours or with a landlord"),
    ("help", "hand", False, "求助服务", "Help for residents",
     "老人请求代办取药、送餐", "An older person needs medicine fetched"),
    ("green", "star", False, "绿化树木", "Trees and green space",
     "树枝倒伏，枯树，绿地被毁", "A fallen branch, a dead tree"),
    ("danger", "warn", True, "紧急危险", "Immediate danger",
     "起火、燃气异味、房屋或墙体要倒", "Fire, smell of gas, a wall about to fall"),
    ("other", "note", False, "其他", "Something else",
     "上面没有的事情", "Anything that is not listed"),
]  # fmt: skip
# Deadline tables: for each rung working days, and minutes for emergencies.
PRESETS = [
    ("3-5-1", "社区 3 个工作日，上报 1 个工作日，街道 5 个工作日",
     "3 working days in the community, 1 to send up, 5 in the town", [3, 1, 5]),
    ("5-3", "5 个工作日答复，3 个工作日上报", "5 working days to answer, 3 to send up", [5, 3, 5]),
]  # fmt: skip
EMERGENCY_MINUTES = [30, 30, 60]


def fill(apps, schema_editor):
    category = apps.get_model("cases", "Category")
    preset = apps.get_model("cases", "DeadlinePreset")
    rule = apps.get_model("cases", "DeadlineRule")
    for order, row in enumerate(CATEGORIES, start=1):
        code, icon, emergency, name_zh, name_en, example_zh, example_en = row
        category.objects.create(
            code=code,
            icon=icon,
            emergency=emergency,
            name_zh=name_zh,
            name_en=name_en,
            example_zh=example_zh,
            example_en=example_en,
            order=order * 10,
        )
    for code, name_zh, name_en, days in PRESETS:
        table = preset.objects.create(code=code, name_zh=name_zh, name_en=name_en)
        for rung, working_days in enumerate(days):
            rule.objects.create(preset=table, rung=rung, working_days=working_days)
            rule.objects.create(
                preset=table, rung=rung, emergency=True, minutes=EMERGENCY_MINUTES[rung]
            )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
