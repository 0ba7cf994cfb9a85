/** Cameras of π0, in the order of the visual tokens. */
export const VIEWS = ["base_0_rgb", "left_wrist_0_rgb", "right_wrist_0_rgb"] as const;

export type ViewName = (typeof VIEWS)[number];

/** Names that robots and data sets give the same cameras: LIBERO's and ALOHA's. */
export const ALIASES: Readonly<Record<string, ViewName>> = {
  image: "base_0_rgb",
  wrist_image: "left_wrist_0_rgb",
  cam_high: "base_0_rgb",
  cam_left_wrist: "left_wrist_0_rgb",
  cam_right_wrist: "right_wrist_0_rgb",
  base: "base_0_rgb",
  left_wrist: "left_wrist_0_rgb",
  right_wrist: "right_wrist_0_rgb",
};
