/* The present outline, to be changed point by point. */

import { openOutlineForm } from "./outline_form.js";

openOutlineForm();
