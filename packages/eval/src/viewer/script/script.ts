import { OVERLAYS } from "./overlays.ts";
import { PICTURES } from "./pictures.ts";
import { PLAYER } from "./player.ts";
import { READINGS } from "./readings.ts";
import { START } from "./start.ts";

/** The page's script, in a scope of its own. */
export const SCRIPT: string = `(() => {\n"use strict";${[OVERLAYS, PICTURES, READINGS, PLAYER, START].join("")}})();`;
