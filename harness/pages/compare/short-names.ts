/** Columns as tables name them: of paths, the last part, if that tells them apart. */
export function shortNames(names: readonly string[]): readonly string[] {
  const last = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  return new Set(last).size === names.length && !last.includes('') ? last : names;
}
