import { ARM_JOINTS } from "./arm-chain.ts";
import { ARMATURE } from "./arm-body.ts";

/** Natural frequency of the joints' servos, radians a second. Critically damped, they settle within 25 ms. */
const FREQUENCY = 200;
const STIFFNESS = ARMATURE * FREQUENCY * FREQUENCY;
const DAMPING = 2 * ARMATURE * FREQUENCY;
/** Newton metres: presses with some 100 N at most. */
const TORQUE = 60;

/** Seconds by which a servo's position trails a moving command; added to it, there is no lag. */
export const SERVO_LAG: number = DAMPING / STIFFNESS;

/** Newtons of each finger. */
const GRIP = 12;

/** Servos of the six joints, then of the two fingers, which move as one. */
export function actuatorElements(): string {
  const servos = ARM_JOINTS.map(
    (_, index) =>
      `<position joint="joint${String(index + 1)}" kp="${String(STIFFNESS)}" kv="${String(DAMPING)}" forcerange="-${String(TORQUE)} ${String(TORQUE)}"/>`,
  );
  const grips = ["left", "right"].map(
    (name) =>
      `<position joint="finger_${name}" kp="1500" kv="50" forcerange="-${String(GRIP)} ${String(GRIP)}"/>`,
  );
  return `<actuator>${servos.join("")}${grips.join("")}</actuator>
<equality><joint joint1="finger_left" joint2="finger_right" solref="0.006 1" solimp="0.99 0.999 0.001"/></equality>`;
}
