import assert from "node:assert/strict";
import { test } from "node:test";

import { AT_ONCE, loaded } from "../editor/backgrounds/few_at_once.js";

/** A picture that comes, or fails as often as `fails` says, a tick after it is asked for. */
class Picture {
  static open = 0;
  static most = 0;
  constructor(fails = 0) {
    Object.assign(this, { fails, asked: 0 });
  }
  set src(url) {
    this.asked += 1;
    Picture.open += 1;
    Picture.most = Math.max(Picture.most, Picture.open);
    setTimeout(() => {
      Picture.open -= 1;
      if (this.asked <= this.fails) this.onerror(new Error(url));
      else this.onload();
    }, 1);
  }
}

test("a whole screen of tiles is asked for a few at once", async () => {
  const images = Array.from({ length: 30 }, () => new Picture());
  const found = await Promise.all(images.map((image, number) => loaded(`/${number}`, { image })));
  assert.deepEqual(found, images);
  assert.equal(Picture.most, AT_ONCE);
});

test("what is refused is asked for again, and given up in the end", async () => {
  const again = [1, 1];
  const twice = new Picture(2);
  await loaded("/twice", { image: twice, again });
  assert.equal(twice.asked, 3);
  const never = new Picture(99);
  await assert.rejects(loaded("/never", { image: never, again }), /never/);
  assert.equal(never.asked, 3);
  const next = new Picture();
  await loaded("/next", { image: next }); // a place that was given up is free
});

test("a tile that left the screen while it waited is not asked for", async () => {
  const gone = new Picture();
  await assert.rejects(loaded("/gone", { image: gone, unwanted: () => true }));
  assert.equal(gone.asked, 0);
});
