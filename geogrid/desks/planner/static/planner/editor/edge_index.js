/* Edges near a place: boxes of grids, then of runs of sixteen edges, then edges. Follows every change
   by itself, since a grid's runs go when its rings do.

   edgesNear(mesh, box, visit)   visit(a, b, grid) for each ring edge whose box meets [w, s, e, n];
                                 a shared edge comes twice, once for each grid
   verticesIn(mesh, box) -> v[]  each once
   gridsNear(mesh, box) -> grid[]   leaves whose box meets it */

const RUN = 16;

export function gridsNear(mesh, box) {
  const found = [];
  for (const grid of mesh.grids.values()) if (grid.parts !== null && meets(grid.box, box)) found.push(grid);
  return found;
}

export function edgesNear(mesh, box, visit) {
  const { xs, ys } = mesh.vertices;
  for (const grid of mesh.grids.values()) {
    if (grid.parts === null || !meets(grid.box, box)) continue;
    grid.chunks ??= runsOf(grid.parts, xs, ys);
    for (const run of grid.chunks) {
      if (!meets(run.box, box)) continue;
      const { ring } = run;
      for (let i = run.start; i < run.end; i++) {
        const a = ring[i];
        const b = ring[i + 1 === ring.length ? 0 : i + 1];
        if (Math.max(xs[a], xs[b]) < box[0] || Math.min(xs[a], xs[b]) > box[2]) continue;
        if (Math.max(ys[a], ys[b]) < box[1] || Math.min(ys[a], ys[b]) > box[3]) continue;
        visit(a, b, grid);
      }
    }
  }
}

export function verticesIn(mesh, box) {
  const found = new Set();
  const { xs, ys } = mesh.vertices;
  edgesNear(mesh, box, (a) => {
    if (xs[a] >= box[0] && xs[a] <= box[2] && ys[a] >= box[1] && ys[a] <= box[3]) found.add(a);
  });
  return [...found];
}

function meets(one, other) {
  return one[0] <= other[2] && one[2] >= other[0] && one[1] <= other[3] && one[3] >= other[1];
}

function runsOf(parts, xs, ys) {
  const runs = [];
  for (const rings of parts) {
    for (const ring of rings) {
      for (let start = 0; start < ring.length; start += RUN) {
        const end = Math.min(start + RUN, ring.length);
        const box = [Infinity, Infinity, -Infinity, -Infinity];
        for (let i = start; i <= end; i++) {
          const v = ring[i === ring.length ? 0 : i];
          box[0] = Math.min(box[0], xs[v]);
          box[1] = Math.min(box[1], ys[v]);
          box[2] = Math.max(box[2], xs[v]);
          box[3] = Math.max(box[3], ys[v]);
        }
        runs.push({ ring, start, end, box });
      }
    }
  }
  return runs;
}
