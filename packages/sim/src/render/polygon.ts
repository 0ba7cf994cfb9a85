import { NEAR, type View } from "./view.ts";

const MOST_CORNERS = 8;

/**
 * Turns a convex polygon in camera coordinates into one span of samples a row. Neighbours that share an edge leave
 * no gap: each edge is walked from its upper end, whichever polygon asks.
 */
export class Polygon {
  /** Rows with spans, inclusive; none when `bottom < top`. */
  top = 0;
  bottom = -1;
  /** First and last sample of each row, inclusive. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  private readonly view: View;
  private readonly corners = new Float64Array(3 * MOST_CORNERS);
  private count = 0;
  private readonly projected = new Float64Array(2 * MOST_CORNERS);

  constructor(view: View) {
    this.view = view;
    this.first = new Int32Array(view.rows);
    this.last = new Int32Array(view.rows);
    this.low = new Float64Array(view.rows);
    this.high = new Float64Array(view.rows);
  }

  begin(): void {
    this.count = 0;
  }

  /** Adds a corner, metres to the right, upwards and forwards of the camera. */
  add(right: number, up: number, depth: number): void {
    const at = 3 * this.count;
    this.corners[at] = right;
    this.corners[at + 1] = up;
    this.corners[at + 2] = depth;
    this.count += 1;
  }

  /** Fills the spans. Returns whether there is any. */
  scan(): boolean {
    const corners = this.project();
    this.top = 0;
    this.bottom = -1;
    if (corners < 3) return false;
    const { projected, view, low, high } = this;
    let smallest = Infinity;
    let largest = -Infinity;
    for (let corner = 0; corner < corners; corner += 1) {
      const y = projected[2 * corner + 1]!;
      if (y < smallest) smallest = y;
      if (y > largest) largest = y;
    }
    const top = Math.max(0, Math.ceil(smallest));
    const bottom = Math.min(view.rows - 1, Math.floor(largest));
    if (bottom < top) return false;
    for (let row = top; row <= bottom; row += 1) {
      low[row] = Infinity;
      high[row] = -Infinity;
    }
    for (let corner = 0; corner < corners; corner += 1) {
      const next = corner + 1 === corners ? 0 : corner + 1;
      if (projected[2 * corner + 1]! < projected[2 * next + 1]!) this.walk(corner, next, top, bottom);
      else this.walk(next, corner, top, bottom);
    }
    const edge = view.columns - 1;
    for (let row = top; row <= bottom; row += 1) {
      this.first[row] = Math.max(0, Math.ceil(low[row]!));
      this.last[row] = Math.min(edge, Math.floor(high[row]!));
    }
    this.top = top;
    this.bottom = bottom;
    return true;
  }

  /** Notes where the edge crosses the rows between its ends. */
  private walk(upper: number, lower: number, top: number, bottom: number): void {
    const { projected, low, high } = this;
    const x = projected[2 * upper]!;
    const y = projected[2 * upper + 1]!;
    const x1 = projected[2 * lower]!;
    const y1 = projected[2 * lower + 1]!;
    const slope = y1 > y ? (x1 - x) / (y1 - y) : 0;
    const end = Math.min(bottom, Math.floor(y1));
    for (let row = Math.max(top, Math.ceil(y)); row <= end; row += 1) {
      const crossing = x + (row - y) * slope;
      if (crossing < low[row]!) low[row] = crossing;
      if (crossing > high[row]!) high[row] = crossing;
    }
  }

  /** Cuts at the near plane and projects what is left. */
  private project(): number {
    const { corners, count } = this;
    let written = 0;
    for (let corner = 0; corner < count; corner += 1) {
      const here = 3 * corner;
      const next = corner + 1 === count ? 0 : here + 3;
      const inside = corners[here + 2]! >= NEAR;
      if (inside) written = this.put(written, corners[here]!, corners[here + 1]!, corners[here + 2]!);
      if (inside === corners[next + 2]! >= NEAR) continue;
      const from = inside ? here : next;
      const to = inside ? next : here;
      const depth = corners[from + 2]!;
      const share = (depth - NEAR) / (depth - corners[to + 2]!);
      const right = corners[from]! + share * (corners[to]! - corners[from]!);
      const up = corners[from + 1]! + share * (corners[to + 1]! - corners[from + 1]!);
      written = this.put(written, right, up, NEAR);
    }
    return written;
  }

  private put(written: number, right: number, up: number, depth: number): number {
    const { view, projected } = this;
    const scale = view.focal / depth;
    projected[2 * written] = view.centreX + right * scale;
    projected[2 * written + 1] = view.centreY - up * scale;
    return written + 1;
  }
}
