import type { Picture } from "./png.ts";

/** Height of a line of text at scale 1, pixels. */
const HEIGHT = 7;
/** Width of a character with the gap after it. */
const ADVANCE = 6;

/**
 * A word a character: the character, then its seven rows from the top, each five pixels as a digit of base 32,
 * the left pixel highest.
 */
const FONT = [
  "Aehhvhhh Buhhuhhu Cehggghe Duhhhhhu Evgguggv Fvgguggg Gehgnhhf Hhhhvhhh Ie44444e J72222ic Khikokih",
  "Lggggggv Mhrllhhh Nhhpljhh Oehhhhhe Puhhuggg Qehhhlid Ruhhukih Sfgge11u Tv444444 Uhhhhhhe Vhhhhha4",
  "Whhhllla Xhha4ahh Yhhha444 Zv1248gv 0ehjlphe 14c4444e 2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe",
  "7v124888 8ehhehhe 9ehhf12c .00000cc ,0000c48 :0cc0cc0 /01248g0 %op248j3 -000v000 (2488842 )8422248",
];

const GLYPHS = new Map(
  FONT.flatMap((line) => line.split(" ")).map((word) => [word.slice(0, 1), word.slice(1)]),
);

/** Width of a text in pixels. */
export function textWidth(text: string, scale: number): number {
  return (text.length * ADVANCE - 1) * scale;
}

/** Writes capital letters, digits and a few signs into a picture; others become blanks. */
export function drawText(
  picture: Picture,
  text: string,
  place: { x: number; y: number; scale: number; colour: readonly number[] },
): void {
  const { x, y, scale, colour } = place;
  for (const [index, character] of text.toUpperCase().split("").entries()) {
    const glyph = GLYPHS.get(character) ?? "";
    for (let pixel = 0; pixel < 5 * HEIGHT * scale ** 2; pixel += 1) {
      const column = pixel % (5 * scale);
      const row = Math.floor(pixel / (5 * scale));
      const bits = Number.parseInt(glyph[Math.floor(row / scale)] ?? "0", 32);
      if (((bits >> (4 - Math.floor(column / scale))) & 1) === 0) continue;
      picture.data.set(colour, ((y + row) * picture.width + x + index * ADVANCE * scale + column) * 3);
    }
  }
}
