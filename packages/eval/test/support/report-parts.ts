import assert from "node:assert/strict";
import { PNG } from "pngjs";

/** One `<script>` of the report, by what stands in its tag. */
export function scriptOf(html: string, attributes: string): string {
  const tag = `<script${attributes}>`;
  const start = html.indexOf(tag);
  assert.notEqual(start, -1, tag);
  return html.slice(start + tag.length, html.indexOf("</script>", start));
}

/** The data that the page's script reads. */
export function dataOf(html: string): ReportData {
  return JSON.parse(scriptOf(html, ' type="application/json" id="data"')) as ReportData;
}

interface ReportScores {
  readonly bytes: string;
  readonly peak: number;
}

export interface ReportView {
  readonly grid: { readonly columns: number; readonly rows: number } | null;
  readonly kept: string;
  readonly scores: Readonly<Record<"semantic" | "forecast" | "action", ReportScores | null>>;
}

export type ReportData = readonly {
  readonly cameras: readonly {
    name: string;
    address: string;
    columns: number;
    width: number;
    height: number;
  }[];
  readonly calls: readonly {
    kept: number;
    vision: number;
    reason: string;
    views: readonly (ReportView | null)[];
  }[];
}[];

/** RGB of one pixel of one frame, read out of a camera's sprite. */
export function spritePixel(
  { address, columns, width, height }: ReportData[number]["cameras"][number],
  call: number,
  x: number,
  y: number,
): number[] {
  const picture = PNG.sync.read(Buffer.from(address.slice("data:image/png;base64,".length), "base64"));
  const [left, top] = [(call % columns) * width, Math.floor(call / columns) * height];
  const at = ((top + y) * picture.width + left + x) * 4;
  return [...picture.data.subarray(at, at + 3)];
}
