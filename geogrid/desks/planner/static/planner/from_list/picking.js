/* Picking a place: a click, or the middle of the map moved by arrow keys, then Enter. Esc ends it. */

export class Picking {
  constructor(map, say) {
    this.map = map;
    this.say = say;
    this.on = false;
    this.box = map.getContainer().parentElement;
    this.bar = document.getElementById("pickbar");
    this.cross = document.getElementById("crosshair");
    document.getElementById("pick-here").addEventListener("click", () => this._take(map.getCenter()));
    document.getElementById("pick-end").addEventListener("click", () => this._end(true));
    map.on("click", ({ latlng }) => this.on && this._take(latlng));
    this.box.addEventListener("keydown", (event) => this._key(event), true);
  }

  /** `taken(lon, lat)` once a place is picked; `left()` when it was not. */
  start(name, taken, left) {
    this.on = true;
    Object.assign(this, { taken, left });
    this.bar.querySelector("span").textContent = this.say(
      "Where is %(name)s? Click the place, or move the map with the arrow keys and press Enter.", { name },
    );
    this.bar.hidden = this.cross.hidden = false;
    this.box.classList.add("picking");
    this.map.getContainer().focus();
  }

  _key(event) {
    if (!this.on) return;
    if (event.key === "Escape") this._end(true);
    else if (event.key === "Enter" && event.target === this.map.getContainer()) this._take(this.map.getCenter());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _take({ lng, lat }) {
    if (!this.on) return;
    const { taken } = this;
    this._end(false);
    taken(lng, lat);
  }

  _end(given) {
    this.on = false;
    this.bar.hidden = this.cross.hidden = true;
    this.box.classList.remove("picking");
    if (given && this.left) this.left();
  }
}
