const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command line for a POSIX shell: one option a line, quoted where necessary. */
export function formatCommand(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const quoted = quoteWord(word);
    const isOption = word.startsWith('-') || lines.length === 0;
    if (isOption) lines.push(quoted);
    else lines.push(`${lines.pop()} ${quoted}`);
  }
  return `${lines.join(' \\\n  ')}\n`;
}

/** The word, quoted for a POSIX shell if necessary. */
export function quoteWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
