/* The panel beside the map, or the sheet over it: shows parts of pages and keeps address, title, focus
   and the back button right. */

const { gettext } = window;

export class Panel {
  constructor(page, config) {
    this.page = page;
    this.config = config;
    this.body = page.querySelector("[data-panel]");
    this.status = page.querySelector("[data-status]");
    this.onShow = () => {};
    this.wanted = 0;
    this.home = document.title;
  }

  /** Take over links inside the panel, the back button, sharing and printing. */
  listen() {
    this.body.addEventListener("click", (event) => this._click(event));
    window.addEventListener("popstate", () => this._load(location.href, { push: false }));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest && event.target.closest("input, select, textarea");
      if (event.key === "Escape" && !typing && this.shown().code) this.close();
    });
    this._dress();
  }

  /** What the panel shows now: {code, lon, lat, place}, all undefined for the list. */
  shown() {
    const card = this.body.querySelector("[data-card]");
    if (!card) return {};
    const asked = new URL(location.href).searchParams;
    const [lon, lat] = (asked.get("at") || "").split(",").map(Number);
    const known = isFinite(lon) && isFinite(lat) && asked.get("at");
    return {
      code: card.dataset.card,
      lon: known ? lon : undefined,
      lat: known ? lat : undefined,
      place: asked.get("place") || undefined,
    };
  }

  openGrid({ code, focus }) {
    return this._load(this.config.grid_url.replace("CODE", code), { focus });
  }

  openPlace({ code, lon, lat, place }) {
    const asked = new URLSearchParams({ at: `${lon},${lat}` });
    if (place) asked.set("place", place);
    return this._load(`${this.config.grid_url.replace("CODE", code)}?${asked}`, { focus: true });
  }

  openAddress(url) {
    return this._load(url, { focus: true });
  }

  close() {
    return this._load(this.config.map_url, { focus: true });
  }

  /** A sentence above the panel, read out; `links` are {words, url} below it. */
  say(words, kind, links) {
    this.status.textContent = "";
    this.status.hidden = !words;
    this.status.dataset.kind = kind || "info";
    if (!words) return;
    this.status.append(words);
    for (const link of links || []) {
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.textContent = link.words;
      anchor.addEventListener("click", (event) => {
        if (!plain(event)) return;
        event.preventDefault();
        this.openAddress(link.url);
      });
      this.status.append(" ", anchor);
    }
  }

  /** Mark the row of the grid under the pointer on the map. */
  mark(code) {
    for (const row of this.body.querySelectorAll(".gridlist [data-grid]")) {
      row.classList.toggle("hover", row.dataset.grid === code);
    }
  }

  // ---- inside
  _click(event) {
    const link = event.target.closest("a");
    if (event.target.closest("[data-print]")) window.print();
    if (!link || !plain(event)) return;
    if (link.matches("[data-share]")) {
      event.preventDefault();
      this._share(link);
    } else if (link.matches("[data-grid], [data-close]")) {
      event.preventDefault();
      this.openAddress(link.href);
    }
  }

  async _load(url, { push = true, focus = false } = {}) {
    const ticket = (this.wanted += 1);
    const address = new URL(url, location.href);
    const part = new URL(address);
    part.searchParams.set("fragment", "1");
    let html;
    try {
      const answer = await fetch(part, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) throw new Error(String(answer.status));
      html = await answer.text();
    } catch (problem) {
      if (ticket !== this.wanted) return;
      this.say(gettext("That could not be loaded. Is there a connection?"), "warn", [
        { words: gettext("Try again"), url: address.href },
      ]);
      return;
    }
    // Of two quick clicks only the later one counts, whichever answer comes first.
    if (ticket !== this.wanted) return;
    this.say("");
    this.body.innerHTML = html;
    this.body.scrollTop = this.body.parentElement.scrollTop = 0; // wide: the panel; phone: the sheet
    if (push) history.pushState({}, "", address.pathname + address.search);
    this._dress();
    this.onShow(this.shown());
    if (focus) this._focusHeading();
  }

  _dress() {
    const card = this.body.querySelector("[data-card]");
    const list = this.body.querySelector("[data-answers]");
    this.page.dataset.state = card ? "card" : list ? "answers" : "list";
    document.title = card ? card.dataset.title : this.home;
    for (const button of this.body.querySelectorAll("[data-print]")) button.hidden = false;
  }

  _focusHeading() {
    const heading = this.body.querySelector("h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  async _share(link) {
    const what = { title: document.title, url: link.href };
    try {
      if (navigator.share) await navigator.share(what);
      else {
        await navigator.clipboard.writeText(link.href);
        this.say(gettext("The address of this card was copied."));
      }
    } catch (problem) {
      if (problem.name !== "AbortError") this.say(link.href);
    }
  }
}

const plain = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
