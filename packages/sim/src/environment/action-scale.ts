/** What an action of 1 asks for in one control step: metres, and radians. */
export const ACTION_SCALE: { readonly position: number; readonly rotation: number } = {
  position: 0.025,
  rotation: 0.15,
};
