import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("duty", "0004_events_stay")]

    operations = [
        migrations.AlterField(
            model_name="dutyevent",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duty_events",
                to="territory.area",
            ),
        ),
        migrations.AlterField(
            model_name="dutyevent",
            name="scheme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duty_events",
                to="territory.scheme",
            ),
        ),
    ]
