/** `MODULE#export` in its parts. @param meant the export where the module stands alone */
export function splitExport(text: string, meant: string): readonly [module: string, name: string] {
  const split = text.lastIndexOf("#");
  return split < 0 ? [text, meant] : [text.slice(0, split), text.slice(split + 1)];
}
