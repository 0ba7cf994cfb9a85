type Attributes = Readonly<Record<string, string | number>>;

/** One SVG element as text. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(show(value))}"`);
  return `<${name}${words.join("")}>${content.join("")}</${name}>`;
}

/** A line of text in an SVG, anchored at a point. */
export function label(x: number, y: number, text: string, more: Attributes = {}): string {
  const style = {
    "font-family": "DejaVu Sans, Verdana, Arial, sans-serif",
    "font-size": 12,
    fill: "#222222",
  };
  return element("text", { x, y, ...style, ...more }, escapeXml(text));
}

/** A whole picture on white. */
export function picture(width: number, height: number, ...content: readonly string[]): string {
  const size = { width: 2 * width, height: 2 * height, viewBox: `0 0 ${width} ${height}` };
  const ground = element("rect", { width, height, fill: "#ffffff" });
  return element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, ground, ...content);
}

function show(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
