/** How a column's result differs from the first column's, gravest first. */
export const CHANGES = [
  'regression',
  'changed',
  'improvement',
  'appeared',
  'vanished',
  'not-comparable',
] as const;
export type Change = (typeof CHANGES)[number];
