/** The task that a visitor sees first. */
export const FIRST_TASK = "object/red-cube-in-basket";
