"""Random commands through the browser, as hands would give them: whatever comes, it ends exact and
equal, also when the network goes or the page is loaded anew in between."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from geogrid.territory.actions import plan_residual
from geogrid.territory.models import Plan
from layers.basemap.models import Street
from tests.browser.drawing import OF_DESK, DeskPage, draft_on_screen
from tests.domain.editing import house, line
from tests.factories import SourceFactory, UserFactory, authorise

pytestmark = pytest.mark.browser
SIDE = 4.0


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    source = SourceFactory()
    for places in (((1, -1), (1, 5)), ((-1, 3), (5, 3)), ((2.3, -1), (2.3, 5))):
        Street.objects.create(
            source=source, name="街", rank=3, kind="residential", path=line(*places).wkt
        )
    dice = random.Random(7)
    for _ in range(30):
        house(dice.uniform(0, SIDE), dice.uniform(0, SIDE), dice.randrange(5, 40))
    return draft_on_screen()


@pytest.fixture
def desk(
    plan: Plan, visitor: Callable[..., Page], sign_in: Callable[[Page, str], Page]
) -> DeskPage:
    user = UserFactory(username="both")
    for role in ("planner", "approver"):
        authorise(user, plan.scheme, role)
    return DeskPage(sign_in(visitor(), "both"), plan).open()


class Hands:
    """Somebody who tries everything, with dice."""

    def __init__(self, at: DeskPage, seed: int) -> None:
        self.at = at
        self.dice = random.Random(seed)
        self.offline = False
        self.done: list[str] = []

    def anywhere(self) -> tuple[float, float]:
        return self.dice.uniform(0.05, SIDE - 0.05), self.dice.uniform(0.05, SIDE - 0.05)

    def near(self, spot: tuple[float, float], reach: float = 0.5) -> tuple[float, float]:
        return tuple(  # type: ignore[return-value]
            min(max(one + self.dice.uniform(-reach, reach), 0.02), SIDE - 0.02) for one in spot
        )

    def vertex(self) -> tuple[float, float]:
        """A vertex of some border, in cells of the picture."""
        found = self.at.mesh(
            """(() => {
                const ids = desk.mesh.leaves().flatMap((grid) => grid.parts.flat())
                    .flatMap((ring) => Array.from(ring));
                const one = ids[Math.floor(argument * ids.length)];
                return [desk.mesh.x(one), desk.mesh.y(one)];
            })()""",
            self.dice.random(),
        )
        west, south = self.at.point(0, 0)
        cell = self.at.point(1, 0)[0] - west
        return (found[0] - west) / cell, (found[1] - south) / cell

    def grid(self, *more: str) -> None:
        """Choose any grid from the table, by keyboard."""
        links = self.at.page.locator(".gridlink")
        links.nth(self.dice.randrange(links.count())).press("Enter")
        self.at.near()

    def step(self) -> None:
        at = self.at
        at.near()
        verbs = [
            self.drag_vertex, self.drag_vertex, self.nudge, self.insert, self.delete, self.border,
            self.straighten, self.snap, self.split, self.split, self.split_street, self.lasso,
            self.lasso, self.blocks, self.buildings, self.merge, self.cut_out, self.rename,
            self.lock, self.unlock, self.undo, self.undo, self.redo, self.parent, self.renumber,
            self.back, self.reload, self.network,
        ]  # fmt: skip
        verb = self.dice.choice(verbs)
        self.done.append(verb.__name__)
        verb()
        self.calm()

    def calm(self) -> None:
        """Whatever was asked or refused is given up."""
        page = self.at.page
        if page.locator("#dialog[open]").count():
            page.keyboard.press("Escape")
        at_map = page.locator("#map")
        for _ in range(3):
            at_map.focus()
            page.keyboard.press("Escape")
        self.at.use("select")

    def drag_vertex(self) -> None:
        self.at.use("vertex")
        start = self.vertex()
        self.at.drag(start, self.near(start, 0.3))

    def nudge(self) -> None:
        self.grid()
        self.at.use("select")
        keys = [self.dice.choice(["n", "p", "ArrowLeft", "Shift+ArrowUp", "ArrowDown", "i"])
                for _ in range(6)]  # fmt: skip
        self.at.keys("n", *keys, "Enter")

    def insert(self) -> None:
        self.at.use("vertex")
        self.at.mode("insert")
        self.at.click(*self.vertex())
        self.at.mode("move")

    def delete(self) -> None:
        self.at.use("vertex")
        self.at.mode("delete")
        self.at.click(*self.vertex())
        self.at.mode("move")

    def border(self) -> None:
        self.at.use("border")
        start = self.near(self.vertex(), 0.4)
        self.at.drag(start, self.near(start, 0.4))

    def straighten(self) -> None:
        self.grid()
        self.at.use("straighten")
        self.at.keys(*["n"] * self.dice.randrange(1, 4), "Enter")

    def snap(self) -> None:
        self.grid()
        self.at.use("snap")
        self.at.keys(*["n"] * self.dice.randrange(1, 4), "Enter")

    def split(self) -> None:
        self.at.use("split")
        for _ in range(self.dice.randrange(2, 4)):
            self.at.click(*self.anywhere())
        self.at.keys("Enter")

    def split_street(self) -> None:
        self.at.use("split")
        self.at.mode("street")
        self.at.page.wait_for_timeout(150)
        self.at.click(self.dice.choice([1, 2.3]), self.dice.uniform(0.2, 3.8))
        self.at.keys("Enter")
        self.at.mode("line")

    def _take(self, tool: str, mode: str) -> None:
        self.at.use(tool)
        self.at.mode(mode)
        self.at.page.wait_for_timeout(200)
        start = self.anywhere()
        if mode == "lasso":
            self.at.drag(start, *(self.near(start, 0.8) for _ in range(3)), start)
        else:
            for _ in range(self.dice.randrange(1, 3)):
                self.at.click(*self.near(start, 0.6))
            self.at.page.wait_for_timeout(200)

    def _hand(self, mode: str) -> None:
        self.grid()
        self._take("hand", mode)
        self.at.keys("Enter")
        self.at.mode("lasso")

    def lasso(self) -> None:
        self._hand("lasso")

    def blocks(self) -> None:
        self._hand("blocks")

    def buildings(self) -> None:
        self._hand("buildings")

    def merge(self) -> None:
        self.grid()
        self.at.use("merge")
        join = self.at.page.locator("#strip select").nth(1)
        allowed = join.locator("option:enabled").count() if join.count() else 0
        if allowed > 1:  # those of other communities come last, and cannot be chosen
            join.select_option(index=self.dice.randrange(1, allowed))
            self.at.keys("Enter")

    def cut_out(self) -> None:
        self._take("cut_out", self.dice.choice(["lasso", "blocks"]))
        self.at.keys("Enter")
        if self.at.page.locator("#dialog[open] #field-name").count():
            self.at.page.locator("#field-name").fill(f"专属{self.dice.randrange(1000)}")
            self.at.page.keyboard.press("Enter")
        self.at.mode("lasso")

    def _form(self, act: str) -> None:
        self.grid()
        self.at.page.locator("#chosen [data-act=more]").click()
        self.at.page.locator(f"#dialog [data-action={act}]").click()

    def _submit(self) -> None:
        submit = self.at.page.locator("#dialog[open] [data-action=submit]")
        if submit.count():
            submit.click()

    def rename(self) -> None:
        self._form("describe")
        self.at.page.locator("#field-name").fill(f"网格{self.dice.randrange(10_000)}")
        self._submit()

    def lock(self) -> None:
        self.grid()
        self.at.page.locator("#chosen [data-act=lock]").click()
        self._submit()

    def unlock(self) -> None:
        """Locks are let go, else everything stands still in the end."""
        for _ in range(3):
            held = self.at.page.locator(".gridtable tr", has=self.at.page.locator(".locked"))
            if not held.count():
                return
            held.first.locator(".gridlink").press("Enter")
            self.at.page.locator("#chosen [data-act=lock]").click()
            self._submit()
            if self.offline:
                return
            self.settled()

    def parent(self) -> None:
        self._form("parent")
        if self.at.page.locator("#dialog #field-name").is_visible():
            self.at.page.locator("#field-name").fill(f"新社区{self.dice.randrange(1000)}")
        self._submit()
        if self.offline:
            return
        self.at.page.wait_for_timeout(400)
        unlock = self.at.page.locator("#refusal[data-code=fixed_outline] .btn")
        if unlock.count() > 1 and self.at.page.locator("#refusal").is_visible():
            unlock.first.click()
            self.at.page.locator("#field-reason").fill("区划调整")
            self._submit()

    def renumber(self) -> None:
        self._form("renumber")
        self._submit()

    def undo(self) -> None:
        self.at.keys(*["Control+z"] * self.dice.randrange(1, 4))

    def redo(self) -> None:
        self.at.keys("Control+y")

    def back(self) -> None:
        if self.offline:
            return
        self.settled()
        self.at.page.locator("#tab-history").click()
        self.at.page.wait_for_timeout(300)
        ways = self.at.page.locator(".historylist [data-action=return]")
        if ways.count():
            ways.nth(self.dice.randrange(min(3, ways.count()))).click()
            self._submit()
        self.at.page.locator("#tab-grids").click()

    def reload(self) -> None:
        if self.offline:
            self.network()
        self.at.page.reload()
        self.at.ready()

    def network(self) -> None:
        self.offline = not self.offline
        self.at.page.context.set_offline(self.offline)

    def settled(self) -> None:
        """Everything has arrived; the server's plan is exact, the browser's mesh is the same."""
        if self.offline:
            self.network()
        self.at.page.wait_for_function(
            f"() => {OF_DESK}.draft.outbox.waiting.length === 0", timeout=20_000
        )
        expect(self.at.page.locator("#saved")).to_have_attribute(
            "data-state", "saved", timeout=20_000
        )
        self.at.settled()


def play(desk: DeskPage, seed: int, steps: int) -> Hands:
    hands = Hands(desk, seed)
    try:
        for number in range(steps):
            hands.step()
            if not hands.offline or number % 4 == 3:
                hands.settled()
        hands.settled()
    except BaseException:
        print(f"seed {seed}: {' '.join(hands.done)}")  # noqa: T201  (to be played again)
        raise
    assert plan_residual(desk.plan) == 0
    return hands


def test_twenty_random_commands_end_exact(desk: DeskPage) -> None:
    hands = play(desk, seed=20, steps=20)
    assert desk.plan.edits.count() >= 5, hands.done


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_random_commands_end_exact(desk: DeskPage, seed: int) -> None:
    play(desk, seed=seed, steps=200)
    assert desk.plan.edits.count() >= 40
