/** Lists of Markdown that GitHub takes: whole items only, since one cut in two could end in live markup. */

const ITEMS_MAX = 50;

/** @param items Each with its dash. The last line says how many are left out. */
export function listWithin(items: readonly string[], lengthMax: number): string {
  const listed: string[] = [];
  let length = 0;
  for (const item of items.slice(0, ITEMS_MAX)) {
    length += item.length + 1;
    if (length > lengthMax) break;
    listed.push(item);
  }
  const left = items.length - listed.length;
  return [...listed, ...(left > 0 ? [`- … and ${left} more`] : [])].join('\n');
}
