/** The first character that keeps Linux from being built in a folder; its makefiles split paths at these. */
export function pathFault(folder: string): string | undefined {
  return /[\s:]/.exec(folder)?.[0];
}
