/* An administrative outline is moved only for a reason, and by whoever approves plans. */

import { say } from "../../../geogrid/js/words.js";
import { openDialog, textField } from "./dialog.js";

export function askUnlock(desk, run) {
  const reason = textField("reason", say("Reason"), { hint: say("It is kept with the change, for everybody to read."), required: true, most: 200 });
  openDialog({
    title: say("Unlock this outline once"),
    lead: say("The outline is administrative. Moving it is recorded with your name and the reason."),
    fields: [reason.element],
    submit: say("Unlock and move"),
    onSubmit: () => {
      if (!reason.check()) return false;
      run(reason.value);
      return true;
    },
    back: desk.map.getContainer(),
  });
}
