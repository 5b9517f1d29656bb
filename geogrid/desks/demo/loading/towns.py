"""What is said of the two demo towns. Everybody in them is invented."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from geogrid.territory.founding import AreaNote
from geogrid.territory.models import Area

ATTRIBUTION = "© OpenStreetMap contributors"
DATA_AS_OF = date(2016, 2, 10)


@dataclass(frozen=True, slots=True)
class DemoTown:
    """A town and the words its people use; `folder` lies under `fixtures/`.

    `home_quarter` is the part where the demo's patrol worker has a grid and most stories happen.
    `phone` makes the duty phone of the n-th worker: a number that cannot be dialled.
    """

    folder: str
    note: AreaNote
    extract: str
    boundary: str
    home_quarter: str
    plan_name: str
    duties: str
    chief_duties: str
    hours: str
    vacancy: str
    basis: str
    phone: str
    visit_notes: tuple[str, ...]
    problem_notes: tuple[str, ...]
    outside: str
    return_reason: str
    pause_reason: str
    reject_reason: str
    time_is_up: str
    urging: str
    thanks: str
    complaint: str
    accounts: Mapping[str, str]
    """Role behind a door -> the name shown."""

    @property
    def slug(self) -> str:
        return self.note.slug

    def file(self, name: str) -> Path:
        return Path(settings.BASE_DIR) / "fixtures" / self.folder / name

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table among the town's files."""
        with self.file(name).open(encoding="utf-8", newline="") as table:
            return list(csv.DictReader(table))


MIRROR_LAKE = DemoTown(
    folder="jinghu",
    note=AreaNote(
        slug="jinghu",
        name="镜湖街道",
        kind=Area.Kind.STREET,
        code_prefix="990101",
        language="zh-hans",
        timezone="Asia/Shanghai",
        calendar="CN",
        office_phone="000 0000 0001",
        supervision_phone="000 0000 0199",
        fictional=True,
        data_as_of=DATA_AS_OF,
        attribution=ATTRIBUTION,
    ),
    extract="town.osm.pbf",
    boundary="boundary.geojson",
    home_quarter="古城社区",
    plan_name="网格划分方案",
    duties="走访、消防与卫生检查、矛盾调解、代办事项",
    chief_duties="统筹本社区网格工作，研判上报事项，走访重点户",
    hours="8:30–18:00",
    vacancy="原网格员调任，正在公开招聘",
    basis="网格员岗位公示规定（演示）",
    phone="000 0000 0{number:03d}",
    visit_notes=("", "消防器材齐全，通道畅通", "台账齐全", "", "已提醒店主关好燃气阀门"),
    problem_notes=(
        "灭火器压力不足，已要求三日内更换",
        "安全出口堆放杂物，已要求当场清理",
        "线路老化，约电工检修",
    ),
    outside="镇外省道旁，靠近里程碑处",
    return_reason="经现场核实属市政管养范围，请转派",
    pause_reason="需更换的配件已订货，到货前挂账",
    reject_reason="反映的事项不在街道管辖范围，已告知向公路管理部门反映",
    time_is_up="到期未办结，自动上报",
    urging="请今天内与居民联系并反馈进展",
    thanks="处理得很快，谢谢。",
    complaint="又坏了一次，希望彻底修好。",
    accounts={
        "planner": "规划员 林划界",
        "office": "值班员 常在线",
        "patrol": "",
    },
)

NEUBRANDENBURG = DemoTown(
    folder="neubrandenburg",
    note=AreaNote(
        slug="neubrandenburg",
        name="Neubrandenburg",
        kind=Area.Kind.TOWN,
        code_prefix="130711",
        language="en",
        timezone="Europe/Berlin",
        calendar="DE",
        office_phone="000 0000 2001",
        supervision_phone="000 0000 2999",
        fictional=False,
        data_as_of=DATA_AS_OF,
        attribution=ATTRIBUTION,
    ),
    extract="extract.osm.pbf",
    boundary="city_boundary.geojson",
    home_quarter="Innenstadt",
    plan_name="Grid plan",
    duties="Rounds, fire and hygiene checks, settling disputes, help with forms",
    chief_duties="Leads the quarter's grids, decides what goes to the town",
    hours="Mon–Fri 8:00–17:00",
    vacancy="The worker moved to another office; the post is advertised",
    basis="Rule on showing grid workers (demo)",
    phone="000 0000 2{number:03d}",
    visit_notes=("", "Extinguishers in place, exits free", "Records complete", "", "Valve shown"),
    problem_notes=(
        "Extinguisher below pressure; to be replaced in three days",
        "Exit blocked by boxes; cleared at once",
        "Old wiring; electrician called",
    ),
    outside="Beside the country road, at the milestone",
    return_reason="Checked on the spot: belongs to the road authority, please pass on",
    pause_reason="The spare part is on order; waits until it arrives",
    reject_reason="Outside the town's remit; told to ask the road authority",
    time_is_up="Out of time; sent up automatically",
    urging="Please call the resident today and say how far it is",
    thanks="That was quick, thank you.",
    complaint="It broke again; please mend it for good.",
    accounts={
        "planner": "Planner Ida Platzhalter",
        "office": "Dispatcher Jonas Vorlage",
        "patrol": "",
    },
)

TOWNS = (MIRROR_LAKE, NEUBRANDENBURG)
