/**
 * Finds the first of many patterns that matches a text. Trying one after the other takes as many
 * attempts as there are patterns, for each line of a log; a tree of alternatives takes their
 * logarithm.
 */

interface Pattern {
  readonly text: RegExp;
}

interface Node<Item> {
  readonly item: Item;
  /** Together they match what any item below matches. */
  readonly any: readonly RegExp[];
  readonly halves?: readonly [Node<Item>, Node<Item>];
}

/** The first of these items whose pattern matches a text. */
export function createPatternSearch<Item extends Pattern>(
  items: readonly Item[],
): (text: string) => Item | undefined {
  const root = plant(items);
  return (text) => {
    let node = root;
    if (node === undefined || !matches(node, text)) return undefined;
    // Something below matches: if it is not on the left, then it is on the right.
    while (node.halves !== undefined) {
      const [left, right]: readonly [Node<Item>, Node<Item>] = node.halves;
      node = matches(left, text) ? left : right;
    }
    return node.item;
  };
}

function matches({ any }: Node<unknown>, text: string): boolean {
  for (const one of any) if (one.test(text)) return true;
  return false;
}

function plant<Item extends Pattern>(items: readonly Item[]): Node<Item> | undefined {
  const [item] = items;
  if (item === undefined) return undefined;
  const any = unite(items.map(({ text }) => text));
  if (items.length === 1) return { item, any };
  const middle = Math.ceil(items.length / 2);
  const left = plant(items.slice(0, middle));
  const right = plant(items.slice(middle));
  return left && right ? { item, any, halves: [left, right] } : undefined;
}

/** One expression for all with the same flags. */
function unite(patterns: readonly RegExp[]): readonly RegExp[] {
  return [...Map.groupBy(patterns, ({ flags }) => flags)].map(
    ([flags, group]) => new RegExp(group.map(({ source }) => `(?:${source})`).join('|'), flags),
  );
}
