/** What a client's robot has. */
export interface Inputs {
  /** Pictures that it sends, by the model's views. */
  readonly views: readonly ("main" | "left" | "right")[];
  /** The model's names of these views. */
  readonly names: readonly string[];
  /** Numbers of its state that the model reads; 0 for none. */
  readonly state: number;
}

/** A client, by its function in `robots.py`. */
export interface Case {
  readonly name: string;
  readonly inputs: Inputs;
  /** Clients that take one action an observation get a chunk's first. */
  readonly pick?: "chunk" | "first";
}

const VIEWS = ["main", "left", "right"] as const;
const PI0 = ["base_0_rgb", "left_wrist_0_rgb", "right_wrist_0_rgb"];

const alone: Inputs = { views: ["main"], names: ["image"], state: 0 };
const libero: Inputs = { views: ["main", "left"], names: ["image", "wrist_image"], state: 8 };
const arms = (views: number, state: number): Inputs => ({
  views: VIEWS.slice(0, views),
  names: PI0.slice(0, views),
  state,
});

/** Clients by the model that has the sizes of their robots. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  "tiny-openvla": [
    { name: "widowx_openpi", inputs: alone },
    { name: "widowx_openvla", inputs: alone, pick: "first" },
    { name: "openvla_deploy", inputs: alone, pick: "first" },
    { name: "openvla_unpatched", inputs: alone, pick: "first" },
    { name: "openpi_errors", inputs: alone },
    { name: "openpi_runtime", inputs: alone },
    { name: "vla_eval", inputs: alone },
  ],
  "tiny-openvla-oft": [
    { name: "openpi_libero", inputs: libero },
    { name: "oft_deploy", inputs: libero },
  ],
  "pi0-of-8": [
    { name: "openpi_droid", inputs: arms(2, 8) },
    { name: "franka_openpi", inputs: arms(2, 8) },
    { name: "roboarena", inputs: arms(2, 8) },
    { name: "xpolicylab", inputs: arms(1, 8) },
  ],
  "pi0-of-14": [
    { name: "openpi_aloha", inputs: arms(3, 14) },
    { name: "yam", inputs: arms(3, 14) },
  ],
  "pi0-of-16": [
    { name: "agibot_openpi", inputs: arms(3, 16) },
    { name: "agibot_go1", inputs: arms(3, 16) },
  ],
};
