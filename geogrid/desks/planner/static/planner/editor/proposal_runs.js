/* Proposals for one community or many put together. Pure.

   merged(answers) -> {now, ways: [{name, now, then, homes, touched, steps, grids}]}
       answers as proposals.json gives them; a community without a way of that name stays as it is there.
       Each step gets .number (from 1, over all of them) and .unit (lineage of its community)
   added(figures[]) -> figures of all together; compactness is the mean over grids
   involved(answers) -> Set of lineages that a proposal is about
   chunked(steps, most) -> lists of steps, each to be put into one command: all, or community by community
   outside(leaves, unitOf, {least, most}) -> Map community -> how many of its grids are out of the range
   better(now, then) -> {within, deviation, compactness}: 1 better, 0 the same, -1 worse */

export function merged(answers) {
  const now = added(answers.map((one) => one.now));
  const names = ["few", "balanced", "compact"].filter((name) => answers.some((one) => wayOf(one, name)));
  const ways = names.map((name) => {
    const found = answers.map((one) => ({ one, way: wayOf(one, name) }));
    const steps = found.flatMap(({ one, way }) => (way?.steps ?? []).map((step) => ({ ...step, unit: one.unit.lineage })));
    steps.forEach((step, i) => { step.number = i + 1; });
    return {
      name,
      now,
      then: added(found.map(({ one, way }) => way?.then ?? one.now)),
      homes: sum(found, ({ way }) => way?.homes ?? 0),
      touched: sum(found, ({ way }) => way?.touched ?? 0),
      steps,
      grids: found.flatMap(({ way }) => way?.grids ?? []),
    };
  });
  return { now, ways };
}

function wayOf(answer, name) {
  return answer.alternatives.find((one) => one.name === name);
}

export function added(list) {
  const grids = sum(list, (one) => one.grids);
  return {
    grids,
    within: sum(list, (one) => one.within),
    deviation: list.reduce((most, one) => Math.max(most, one.deviation), 0),
    compactness: grids ? sum(list, (one) => one.compactness * one.grids) / grids : 0,
  };
}

export function involved(answers) {
  const found = new Set();
  for (const answer of answers) {
    for (const { grids, steps } of answer.alternatives) {
      for (const { lineage } of grids) if (lineage) found.add(lineage);
      for (const { loads } of steps) for (const lineage of Object.keys(loads)) found.add(lineage);
    }
  }
  return found;
}

export function chunked(steps, most) {
  if (steps.length <= most) return steps.length ? [steps] : [];
  const units = new Map();
  for (const step of steps) {
    if (!units.has(step.unit)) units.set(step.unit, []);
    units.get(step.unit).push(step);
  }
  return [...units.values()];
}

export function outside(leaves, unitOf, { least, most }) {
  const counts = new Map();
  for (const { lineage, dwellings } of leaves) {
    if (typeof dwellings !== "number" || (dwellings >= least && dwellings <= most)) continue;
    const unit = unitOf(lineage);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  return counts;
}

export function better(now, then) {
  return {
    within: Math.sign((now.grids - now.within) - (then.grids - then.within)),
    deviation: Math.sign(now.deviation - then.deviation),
    compactness: Math.sign(then.compactness.toFixed(2) - now.compactness.toFixed(2)), // as it is shown
  };
}

function sum(list, number) {
  return list.reduce((total, one) => total + number(one), 0);
}
