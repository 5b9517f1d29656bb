/* Points that were set and not saved yet: they outlive a reload and a lost network. */

export class KeptPoints {
  /** `saved` are the points the server has; what was kept counts only upon the same ones. */
  constructor(name, saved) {
    this.name = `geogrid-points:${name}`;
    this.base = JSON.stringify(saved);
    this.restored = false;
    this.rows = saved;
    try {
      const kept = JSON.parse(window.sessionStorage.getItem(this.name) || "null");
      if (kept && kept.base === this.base && kept.rows.length) {
        this.rows = kept.rows;
        this.restored = JSON.stringify(kept.rows) !== this.base;
      }
    } catch {
      // a browser without storage: the points live as long as the page
    }
  }

  keep(rows) {
    try {
      window.sessionStorage.setItem(this.name, JSON.stringify({ base: this.base, rows }));
    } catch {
      // as above
    }
  }
}
