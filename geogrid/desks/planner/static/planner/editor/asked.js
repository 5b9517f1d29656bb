/* A question beside the commands: JSON, or a Refused with the server's sentence.

   asked(desk, url, body = null, {signal}) -> answer   with a body it is posted */

import { say } from "../../geogrid/js/words.js";

export class Refused extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export async function asked(desk, url, body = null, { signal } = {}) {
  const headers = { Accept: "application/json" };
  if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": desk.draft.outbox.asking.csrf });
  let reply;
  try {
    reply = await fetch(url, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(say("The server cannot be reached. Try again in a moment."), "later");
  }
  const answer = await reply.json().catch(() => null);
  if (reply.ok && answer) return answer;
  throw new Refused(answer?.message || say("The server cannot be reached. Try again in a moment."), answer?.code ?? "later");
}
