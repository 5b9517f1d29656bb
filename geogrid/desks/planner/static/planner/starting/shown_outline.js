/* The outline read from a file, where it lies. */

import { drawShape, openSketchMap } from "./sketch_page.js";

const { opened, config } = openSketchMap();
drawShape(opened, config.outline);
