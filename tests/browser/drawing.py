"""What tests of the boundary editor need: a small draft, the desk in a browser, and both compared.

The draft is the four grids of tests/factories.py, in cells of 20 m:

    aabb
    aabb
    ccdd
    cccd
"""

from typing import Any

from playwright.sync_api import Page, expect

from geogrid.territory.actions import plan_residual, start_draft
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Plan
from tests.domain.editing import house
from tests.factories import now, town
from tests.pictures import CELL, ORIGIN

OF_DESK = "document.getElementById('desk').desk"


class DeskPage:
    """The editor of a draft on a page."""

    def __init__(self, page: Page, plan: Plan) -> None:
        self.page = page
        self.plan = plan

    def open(self) -> "DeskPage":
        self.page.goto(f"/plan/{self.plan.scheme.area.slug}/drafts/{self.plan.number}/")
        self.ready()
        self.near()
        return self

    def near(self) -> None:
        """Show the whole draft as large as it can be."""
        west, south = ORIGIN
        box = [west, south, west + 4 * CELL, south + 4 * CELL]
        self.mesh("desk.fitSteps(argument, {maxZoom: 20, animate: false})", box)

    def ready(self) -> None:
        expect(self.page.locator("#desk[data-ready]")).to_be_attached()

    # ---- where things are

    @staticmethod
    def point(along: float, up: float) -> list[int]:
        """A place in cells of the picture, in lattice steps."""
        return [ORIGIN[0] + round(along * CELL), ORIGIN[1] + round(up * CELL)]

    def at(self, along: float, up: float) -> tuple[float, float]:
        """Where that place is on the screen."""
        x, y = self.page.evaluate(
            f"""(point) => {{
                const desk = {OF_DESK};
                const frame = desk.map.getContainer().getBoundingClientRect();
                const at = desk.projection.screen(point);
                return [at.x + frame.left, at.y + frame.top];
            }}""",
            self.point(along, up),
        )
        return x, y

    def click(self, along: float, up: float) -> None:
        self.page.mouse.click(*self.at(along, up))

    def drag(self, *path: tuple[float, float], drop: bool = True) -> None:
        self.page.mouse.move(*self.at(*path[0]))
        self.page.mouse.down()
        for spot in path[1:]:
            self.page.mouse.move(*self.at(*spot), steps=6)
        if drop:
            self.page.mouse.up()

    def use(self, tool: str) -> None:
        self.page.locator(f"[data-tool={tool}]").click()

    def mode(self, name: str) -> None:
        self.page.locator(f"#strip [data-mode={name}]").click()

    def act(self, name: str) -> None:
        self.page.locator(f"#strip [data-action={name}]").click()

    def keys(self, *names: str) -> None:
        """Press keys on the map."""
        self.page.locator("#map").focus()
        for name in names:
            self.page.keyboard.press(name)

    # ---- what became of it

    @property
    def revision(self) -> int:
        self.plan.refresh_from_db(fields=["revision"])
        return int(self.plan.revision)

    def settled(self) -> None:
        """Wait until the server has everything; then plan and mesh must be one, and exact."""
        expect(self.page.locator("#saved")).to_have_attribute("data-state", "saved")
        self.page.wait_for_function(f"() => {OF_DESK}.draft.outbox.waiting.length === 0")
        assert (
            self.page.evaluate(
                f"""async () => {{
                const desk = {OF_DESK};
                const answer = await fetch(desk.config.urls.grids);
                return desk.mesh.equalsServer(await answer.json());
            }}"""
            )
            == []
        )
        assert plan_residual(self.plan) == 0

    def landed(self, revision: int) -> None:
        """As `settled`, and the draft has come to that revision."""
        expect(self.page.locator("#revision")).to_have_text(str(revision))
        self.settled()
        assert self.revision == revision

    def refused(self, code: str) -> None:
        expect(self.page.locator("#refusal")).to_be_visible()
        expect(self.page.locator("#refusal")).to_have_attribute("data-code", code)

    def names(self) -> list[str]:
        return list(self.plan.grids.leaves().order_by("code").values_list("name", flat=True))

    def mesh(self, expression: str, argument: Any = None) -> Any:
        """Evaluate `(desk, argument) => expression`."""
        call = f"(argument) => ((desk, argument) => ({expression}))({OF_DESK}, argument)"
        return self.page.evaluate(call, argument)


def draft_on_screen() -> Plan:
    """A draft from the plan in force of a small town, with homes to be counted."""
    scheme = town().scheme
    for along, up, dwellings in ((1, 3, 210), (3, 3, 90), (1, 1, 250), (3.5, 1.5, 400)):
        house(along, up, dwellings)
    plan = start_draft(scheme=scheme, by=None, at=now(), name="秋季调整")
    rebuild_loads(plan=plan, at=now())
    return plan
