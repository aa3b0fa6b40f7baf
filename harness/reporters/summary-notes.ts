import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import type { Colors } from './paint.ts';
import { count, renderFirst } from './phrases.ts';

const NOTES_SHOWN_MAX = 10;

/**
 * What happened to cells besides their tests, each note once: for example that a template was
 * rebuilt.
 */
export function renderNotes({ cells }: RunReport, colors: Colors): readonly string[] {
  const notes = new Map<string, string[]>();
  for (const { id, notes: own } of cells) {
    for (const note of own) notes.set(note, [...(notes.get(note) ?? []), id]);
  }
  const lines = [...notes].map(([note, ids]) => {
    const where = ids.length === 1 ? ids[0] : count(ids.length, 'cell');
    return `${colors.yellow('note')}  ${where}: ${toLine(note)}`;
  });
  return renderFirst(lines, NOTES_SHOWN_MAX);
}
