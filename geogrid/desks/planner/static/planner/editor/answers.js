/* What the server's replies mean.

   readReply(status, body) -> {outcome, answer?, error?}   body: parsed JSON, or undefined
       landed      the edit was made (or was made before)
       refused     it never will be; error {status, code, message, data} says why
       conflict    somebody else changed these grids; error.data.grids: seen, yours, now, by, at
       signed_out  nobody is signed in, or the form's key is another session's: what was drawn waits
       closed      the plan is no draft any more: what was drawn waits
       later       the server cannot be reached or understood; the same command may be sent again
   isNews(answer, revision) -> boolean    false: all of it is known already
   changedLineages(answer) -> Set         grids changed, made or ended
   foreignGrids(history, from, to, own) -> Set | null   grids that edits of revisions from < r <= to
       changed, apart from one's own (a Set of revisions); null: the history does not reach back */

const CLOSED = new Set(["territory.not_a_draft", "planner.no_such_plan"]);
const SIGNED_OUT = new Set(["planner.signed_out", "planner.page_too_old"]);
const LATER = new Set([408, 425, 429]);

export function readReply(status, body) {
  if (status >= 200 && status < 300 && Number.isInteger(body?.revision)) return { outcome: "landed", answer: body };
  const error = { status, code: body?.code ?? "", message: body?.message ?? "", data: body?.data ?? {} };
  if (status === 401 || SIGNED_OUT.has(error.code)) return { outcome: "signed_out", error };
  // Anything without our own words comes from something between: a proxy, a sign-in page of the network.
  if (status < 400 || status >= 500 || LATER.has(status) || !error.code) return { outcome: "later", error };
  if (CLOSED.has(error.code)) return { outcome: "closed", error };
  if (error.code === "territory.conflict") return { outcome: "conflict", error };
  return { outcome: "refused", error };
}

export function isNews(answer, revision) {
  return answer.revision > revision;
}

export function changedLineages(answer) {
  return new Set([...(answer.changed_grids ?? []), ...(answer.ended ?? [])].map(({ lineage }) => lineage));
}

export function foreignGrids(history, from, to, own) {
  const known = new Map(history.map((edit) => [edit.revision, edit]));
  const found = new Set();
  for (let revision = from + 1; revision <= to; revision++) {
    if (own.has(revision)) continue;
    const edit = known.get(revision);
    if (edit === undefined) return null;
    for (const { lineage } of edit.grids) found.add(lineage);
  }
  return found;
}
