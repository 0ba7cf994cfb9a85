/**
 * What the field's clients call their cameras, by what the camera sees. Names are compared without their folders
 * (`observation/`, `images/`).
 */
const ROLES: Readonly<Record<CameraRole, readonly string[]>> = {
  main: [
    "image",
    "full_image",
    "base_0_rgb",
    "primary",
    "exterior_image_1_left",
    "exterior_image_0_left",
    "exterior_cam",
    "external_cam",
    "head_image",
    "head_cam",
    "cam_head",
    "cam_high",
    "top",
    "top_cam",
    "agentview",
    "agentview_image",
    "base",
    "front",
  ],
  // The only wrist, or the left one of two.
  wrist: [
    "wrist_image",
    "wrist_image_left",
    "left_wrist_image",
    "left_wrist_0_rgb",
    "cam_wrist",
    "cam_left_wrist",
    "wrist",
    "wrist_cam",
    "left",
    "left_cam",
    "left_image",
    "robot0_eye_in_hand",
    "eye_in_hand",
  ],
  "right wrist": [
    "right_wrist_image",
    "right_wrist_0_rgb",
    "wrist_image_right",
    "cam_right_wrist",
    "right",
    "right_cam",
    "right_image",
  ],
};

export type CameraRole = "main" | "wrist" | "right wrist";

/** What a camera of this name sees; `undefined` for a name that nobody in the field uses. */
export function roleOf(name: string): CameraRole | undefined {
  return (Object.keys(ROLES) as CameraRole[]).find((role) => ROLES[role].includes(name));
}
