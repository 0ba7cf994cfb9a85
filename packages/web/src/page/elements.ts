type Kind<Element_ extends HTMLElement> = new () => Element_;

/** The element of an id that the page always has. */
export function byId(id: string): HTMLElement;
export function byId<Element_ extends HTMLElement>(id: string, kind: Kind<Element_>): Element_;
export function byId(id: string, kind: Kind<HTMLElement> = HTMLElement): HTMLElement {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no #${id} that is a ${kind.name}`);
}

/** An element of its attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Shows a line of text, or hides it where there is none. */
export function tell(id: string, text: string | null): void {
  const line = byId(id);
  line.hidden = text === null;
  line.textContent = text ?? "";
}
