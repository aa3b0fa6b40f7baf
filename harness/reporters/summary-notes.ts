import { count, renderFirst } from '../phrases.ts';
import { type Note, notesOf } from '../report/notes.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import type { Colors } from './paint.ts';

/** Of notes that cells have. */
const NOTES_SHOWN_MAX = 20;

/** What people should know besides results, each note once: see `report/notes.ts`. */
export function renderNotes(report: RunReport, colors: Colors): readonly string[] {
  const notes = notesOf(report);
  const ofCells = notes.filter(({ cells }) => cells.length > 0);
  const others = notes.filter(({ cells }) => cells.length === 0);
  const lines = [...others.map(describe), ...renderFirst(ofCells.map(describe), NOTES_SHOWN_MAX)];
  return lines.map((line) => `${colors.yellow('note')}  ${line}`);
}

function describe({ about, text, cells }: Note): string {
  const [first] = cells;
  const where = cells.length > 1 ? count(cells.length, 'cell') : (first ?? about);
  return where === undefined ? toLine(text) : `${where}: ${toLine(text)}`;
}
