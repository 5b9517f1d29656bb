/* Commands kept in the browser until the server has them. Every page keeps its own, so that two tabs
   never write over each other; a page takes over what a closed or crashed one has left.

   new Kept({storage, draft, page, clock})    draft: one name per plan and user; page: one per page load
   .write(commands, parked) -> boolean    false: the browser would not keep them (full, or forbidden)
   .takeOver() -> {commands, parked, keys | null}   what pages that are gone left behind; forget(keys) then
   .stillHere()   this page lives (again)
   .release()   this page goes: whoever comes next may take over at once */

// A page that lives says so every few seconds; one in the background at least every minute.
const GONE_AFTER_MS = 75000;

export class Kept {
  constructor({ storage, draft, page, clock }) {
    this.storage = storage;
    this.clock = clock;
    this.prefix = `geogrid.outbox/${draft}/`;
    this.key = this.prefix + page;
    this.last = { commands: [], parked: [] };
    this.released = false;
  }

  write(commands, parked) {
    this.last = { commands, parked };
    return this._write();
  }

  stillHere() {
    this.released = false;
    return this._write();
  }

  release() {
    this.released = true;
    return this._write();
  }

  _write() {
    const held = this.released ? 0 : this.clock.now();
    try {
      if (!this.last.commands.length && !this.last.parked.length) this.storage.removeItem(this.key);
      else this.storage.setItem(this.key, JSON.stringify({ held, ...this.last }));
      return true;
    } catch {
      return false;
    }
  }

  takeOver() {
    const found = { commands: [], parked: [], keys: null };
    for (const key of this._keys()) {
      const left = this._read(key);
      if (!left || key === this.key || this.clock.now() - left.held < GONE_AFTER_MS) continue;
      found.commands.push(...left.commands);
      found.parked.push(...left.parked);
      found.keys = [...(found.keys ?? []), key];
    }
    return found;
  }

  /** Forget what was taken over, once it is kept under this page's name. */
  forget(keys = []) {
    for (const key of keys) {
      try {
        this.storage.removeItem(key);
      } catch {
        // Then it is taken over again: the server knows a command that comes twice.
      }
    }
  }

  _keys() {
    try {
      return Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i))
        .filter((key) => key !== null && key.startsWith(this.prefix)).sort();
    } catch {
      return [];
    }
  }

  _read(key) {
    try {
      const { held, commands, parked } = JSON.parse(this.storage.getItem(key));
      return Array.isArray(commands) && Array.isArray(parked) ? { held, commands, parked } : null;
    } catch {
      return null;
    }
  }
}
