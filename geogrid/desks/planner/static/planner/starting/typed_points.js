/* Points of an outline as text and back: one a line, longitude first, an empty line begins another
   piece; GeoJSON is read as well. The same rules as the server's typed_outlines.py. Pure. */

const NUMBERS = /^\s*\(?\s*(-?\d+(?:\.\d+)?)\s*°?\s*[,;\s，；]\s*(-?\d+(?:\.\d+)?)\s*°?\s*\)?\s*,?\s*$/;

/** {pieces: [[[x, y], ...], ...], json: from GeoJSON, holes: count} or {line, text}: what is wrong. */
export function parsePoints(text) {
  if (/^\s*[{[]/.test(text)) return parseJson(text);
  const pieces = [[]];
  const lines = text.split(/\r?\n/);
  for (let number = 0; number < lines.length; number += 1) {
    const line = lines[number];
    if (!line.trim()) {
      if (pieces[pieces.length - 1].length) pieces.push([]);
      continue;
    }
    const found = NUMBERS.exec(line);
    const point = found && [Number(found[1]), Number(found[2])];
    if (!point || Math.abs(point[0]) > 180 || Math.abs(point[1]) > 90) {
      return { line: number + 1, text: line.trim() };
    }
    pieces[pieces.length - 1].push(point);
  }
  return { pieces: pieces.filter((piece) => piece.length).map(unclosed), json: false, holes: 0 };
}

/** The text of pieces, seven decimals at most. */
export function formatPoints(pieces) {
  const line = ([x, y]) => `${short(x)}, ${short(y)}`;
  return pieces.filter((piece) => piece.length).map((piece) => piece.map(line).join("\n")).join("\n\n");
}

/** Where a closed ring first crosses itself, as [x, y]; null: nowhere. */
export function crossing(ring) {
  const count = ring.length;
  if (count < 4) return null;
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 2; other < count; other += 1) {
      if (one === 0 && other === count - 1) continue;
      const at = meet(ring[one], ring[(one + 1) % count], ring[other], ring[(other + 1) % count]);
      if (at) return at;
    }
  }
  return null;
}

function meet([ax, ay], [bx, by], [cx, cy], [dx, dy]) {
  const turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
  if (turn === 0) return null;
  const along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn;
  const across = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / turn;
  if (along < 0 || along > 1 || across < 0 || across > 1) return null;
  return [ax + along * (bx - ax), ay + along * (by - ay)];
}

function parseJson(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (problem) {
    return { line: 1, text: "GeoJSON" };
  }
  const polygons = [];
  collect(Array.isArray(document) ? { type: "Polygon", coordinates: document } : document, polygons);
  const rings = polygons.map((rings) => rings[0]).filter((ring) => Array.isArray(ring) && ring.every(isPoint));
  if (!rings.length) return { line: 1, text: "GeoJSON" };
  const holes = polygons.reduce((sum, rings) => sum + rings.length - 1, 0);
  return { pieces: rings.map((ring) => unclosed(ring.map(([x, y]) => [x, y]))), json: true, holes };
}

function collect(part, into) {
  if (!part || typeof part !== "object") return;
  if (part.type === "FeatureCollection") (part.features || []).forEach((one) => collect(one, into));
  else if (part.type === "Feature") collect(part.geometry, into);
  else if (part.type === "GeometryCollection") (part.geometries || []).forEach((one) => collect(one, into));
  else if (part.type === "Polygon") into.push(part.coordinates || []);
  else if (part.type === "MultiPolygon") into.push(...(part.coordinates || []));
}

const isPoint = (at) => Array.isArray(at) && at.length > 1
  && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90;

function unclosed(piece) {
  const last = piece.length - 1;
  const closed = last > 0 && piece[0][0] === piece[last][0] && piece[0][1] === piece[last][1];
  return closed ? piece.slice(0, -1) : piece;
}

const short = (degrees) => String(Math.round(degrees * 1e7) / 1e7);
