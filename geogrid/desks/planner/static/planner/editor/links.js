/* Which vertices are joined, and whose border joins them: for each vertex a chain of links, one for
   each ring edge that ends there, each naming the vertex at the other end and the owner of the ring.
   Chains live in flat arrays: a city has 160,000 links, and the page must not stop to collect them.
   Owners are small numbers inside and lineages outside.

   new Links(expectedVertices)  .newOwner(lineage) -> number  .endOwner(number)
   .add(number, parts)  .remove(number, parts)
   .has(vertex) .owners(vertex) .neighbours(vertex) .edgeOwners(a, b) .countOwners(a, b) */

const END = -1;

export class Links {
  constructor(expected = 4096) {
    this._lineages = [];
    this._first = new Int32Array(expected).fill(END); // by vertex
    this._to = new Int32Array(4 * expected); // by link
    this._owner = new Int32Array(4 * expected);
    this._next = new Int32Array(4 * expected);
    this._used = 0;
    this._free = END;
  }

  newOwner(lineage) {
    this._lineages.push(lineage);
    return this._lineages.length - 1;
  }

  endOwner(owner) {
    this._lineages[owner] = null;
  }

  add(owner, parts) {
    for (const rings of parts) for (const ring of rings) this._addRing(owner, ring);
  }

  remove(owner, parts) {
    for (const rings of parts) for (const ring of rings) this._removeRing(owner, ring);
  }

  has(vertex) {
    return this._start(vertex) !== END;
  }

  owners(vertex) {
    const found = [];
    for (let link = this._start(vertex); link !== END; link = this._next[link]) {
      const lineage = this._lineages[this._owner[link]];
      if (!found.includes(lineage)) found.push(lineage);
    }
    return found.reverse(); // in the order they came
  }

  neighbours(vertex) {
    const found = [];
    for (let link = this._start(vertex); link !== END; link = this._next[link]) {
      if (!found.includes(this._to[link])) found.push(this._to[link]);
    }
    return found;
  }

  edgeOwners(a, b) {
    const found = [];
    for (let link = this._start(a); link !== END; link = this._next[link]) {
      if (this._to[link] === b) found.push(this._lineages[this._owner[link]]);
    }
    return found.reverse();
  }

  countOwners(a, b) {
    let count = 0;
    for (let link = this._start(a); link !== END; link = this._next[link]) if (this._to[link] === b) count += 1;
    return count;
  }

  _start(vertex) {
    return vertex >= 0 && vertex < this._first.length ? this._first[vertex] : END;
  }

  _addRing(owner, ring) {
    let before = ring[ring.length - 1];
    for (let i = 0; i < ring.length; i++) {
      this._join(before, ring[i], owner);
      this._join(ring[i], before, owner);
      before = ring[i];
    }
  }

  _removeRing(owner, ring) {
    let before = ring[ring.length - 1];
    for (let i = 0; i < ring.length; i++) {
      this._part(before, ring[i], owner);
      this._part(ring[i], before, owner);
      before = ring[i];
    }
  }

  _join(from, to, owner) {
    if (from >= this._first.length) this._first = larger(this._first, from, END);
    let link = this._free;
    if (link !== END) this._free = this._next[link];
    else {
      link = this._used++;
      if (link >= this._to.length) {
        this._to = larger(this._to, link, 0);
        this._owner = larger(this._owner, link, 0);
        this._next = larger(this._next, link, 0);
      }
    }
    this._to[link] = to;
    this._owner[link] = owner;
    this._next[link] = this._first[from];
    this._first[from] = link;
  }

  _part(from, to, owner) {
    for (let link = this._first[from], before = END; link !== END; before = link, link = this._next[link]) {
      if (this._to[link] !== to || this._owner[link] !== owner) continue;
      if (before === END) this._first[from] = this._next[link];
      else this._next[before] = this._next[link];
      this._next[link] = this._free;
      this._free = link;
      return;
    }
  }
}

function larger(numbers, needed, filling) {
  const grown = new Int32Array(Math.max(2 * numbers.length, needed + 1)).fill(filling, numbers.length);
  grown.set(numbers);
  return grown;
}
