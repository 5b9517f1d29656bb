"""Codes found by their first characters: a new grid asks what was ever given below its parent."""

from typing import ClassVar

from django.db import migrations

INDEXES = """
CREATE INDEX change_code_before ON territory_gridchange ((before ->> 'code') text_pattern_ops);
CREATE INDEX change_code_after ON territory_gridchange ((after ->> 'code') text_pattern_ops);
CREATE INDEX gridcode_prefix ON territory_gridcode (scheme_id, code text_pattern_ops);
"""
UNDO = "DROP INDEX change_code_before, change_code_after, gridcode_prefix;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0008_history_stays")]
    operations: ClassVar = [migrations.RunSQL(INDEXES, UNDO)]
