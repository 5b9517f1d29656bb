"""Working days, deadlines, the ladder a late case climbs. Pure: no Django, no database."""
