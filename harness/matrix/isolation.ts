/** What gets a guest of its own: each test, each spec file, or the cell. */
export const ISOLATIONS = ['test', 'file', 'cell'] as const;
export type Isolation = (typeof ISOLATIONS)[number];
