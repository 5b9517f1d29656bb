/* Pictures asked for a few at once: our server asks other map services with few of its threads and
   refuses one too many at once (layers/backgrounds/asked_outside.py), so that one more try is worth it.

   loaded(url, {image, unwanted, again}) -> promise of the image; rejected when it does not come */

export const AT_ONCE = 2;
const AGAIN_MS = [300, 900, 2000];

let open = 0;
const waiting = [];

export async function loaded(url, { image = new Image(), unwanted = () => false, again = AGAIN_MS } = {}) {
  for (let tries = 0; ; tries++) {
    await turn();
    try {
      if (unwanted()) throw new Error(url);
      return await picture(url, image);
    } catch (problem) {
      if (unwanted() || tries >= again.length) throw problem;
    } finally {
      open -= 1;
      waiting.shift()?.();
    }
    await new Promise((done) => setTimeout(done, again[tries]));
  }
}

async function turn() {
  while (open >= AT_ONCE) await new Promise((done) => waiting.push(done));
  open += 1;
}

function picture(url, image) {
  return new Promise((done, failed) => {
    image.onload = () => done(image);
    image.onerror = () => failed(new Error(url));
    image.src = url;
  });
}
