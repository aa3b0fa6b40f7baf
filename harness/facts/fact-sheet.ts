/** What `kmx facts` shows: kernels side by side, and what changed from one to the next. */
import { diffFacts, type FactChange, type FileChange } from './diff-facts.ts';
import { type FactColumn, PLAIN } from './fact-column.ts';
import { isLost } from './fact-map.ts';

/** Why a column's fact is as it is, for people; nothing if that is not known. */
export type Explain = (fact: string, column: FactColumn) => readonly string[];

/** A fact across all columns; undefined where a kernel does not have it. */
export interface FactRow {
  readonly fact: string;
  readonly values: readonly (string | undefined)[];
}

export interface ExplainedChange extends FactChange {
  readonly reasons: readonly string[];
}

export interface ExplainedFiles extends FileChange {
  readonly reasons: readonly string[];
}

export interface FactStep {
  readonly from: FactColumn;
  readonly to: FactColumn;
  readonly changes: readonly ExplainedChange[];
  readonly files: readonly ExplainedFiles[];
}

/** A sentence of guests, and the names of the columns in which it was said. */
export interface Statement {
  readonly text: string;
  readonly columns: readonly string[];
}

export interface FactSheet {
  /** The run was, or its log ends early: kernels may lack columns that they would have had. */
  readonly interrupted: boolean;
  readonly columns: readonly FactColumn[];
  readonly v1: readonly FactRow[];
  readonly v2: readonly FactRow[];
  /** Everything else that is no control file and no claim. */
  readonly others: readonly FactRow[];
  readonly steps: readonly FactStep[];
  readonly disagreements: readonly Statement[];
  readonly warnings: readonly Statement[];
}

export function createFactSheet(
  columns: readonly FactColumn[],
  explain: Explain,
  { interrupted }: Pick<FactSheet, 'interrupted'>,
): FactSheet {
  const rows = rowsOf(columns);
  const of = (...kinds: readonly string[]): readonly FactRow[] =>
    rows.filter(({ fact }) => kinds.includes(fact.split('/', 1)[0] ?? fact));
  const others = of('v1-named', 'mount-option', 'swap-accounting', 'psi', 'hz');
  // Each kernel has a dozen, and nearly all of them have the same.
  const parts = of('lsm', 'namespace').filter(({ values }) => new Set(values).size > 1);
  return {
    interrupted,
    columns,
    v1: of('v1'),
    v2: of('v2'),
    others: [...others, ...parts],
    steps: stepsOf(columns).map(([from, to]) => explainStep(from, to, explain)),
    disagreements: statementsOf(columns, ({ facts }) => facts.disagreements),
    warnings: statementsOf(columns, ({ facts }) => facts.warnings),
  };
}

function rowsOf(columns: readonly FactColumn[]): readonly FactRow[] {
  const facts = new Set(columns.flatMap(({ map }) => [...map.keys()]));
  return [...facts].map((fact) => ({ fact, values: columns.map(({ map }) => map.get(fact)) }));
}

/** From kernel to kernel, then from each kernel to itself with other boot parameters. */
function stepsOf(columns: readonly FactColumn[]): readonly (readonly [FactColumn, FactColumn])[] {
  const kernels = [...Map.groupBy(columns, ({ kernel }) => kernel).values()];
  const between = kernels.flatMap(([first], at) => {
    if (first === undefined) return [];
    const before = findBefore(first, kernels.slice(0, at).toReversed());
    return before === undefined ? [] : [[before, first] as const];
  });
  const within = kernels.flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((other) => [first, other] as const),
  );
  return [...between, ...within];
}

/**
 * The nearest earlier kernel that was booted like this one: other boot parameters would look like a change
 * of the kernel.
 * @param earlier Columns of each earlier kernel, the nearest first.
 */
function findBefore(
  { configs, cmdline }: FactColumn,
  earlier: readonly (readonly FactColumn[])[],
): FactColumn | undefined {
  const find = (isAlike: (column: FactColumn) => boolean): FactColumn | undefined =>
    earlier.flatMap((ofKernel) => ofKernel.find(isAlike) ?? [])[0];
  // Where `default` is one of several, guests with it are the ones to compare.
  const wanted = configs.includes(PLAIN) ? [PLAIN] : configs;
  return (
    find((column) => column.configs.some((config) => wanted.includes(config))) ??
    find((column) => column.cmdline === cmdline)
  );
}

function explainStep(from: FactColumn, to: FactColumn, explain: Explain): FactStep {
  const { changes, files } = diffFacts(from.map, to.map);
  const explained = changes.map((change) => {
    // What a kernel lacks has a reason; what it has needs none.
    const column = isLost(change.after) ? to : from;
    const value = isLost(change.after) ? change.after : change.before;
    return { ...change, reasons: isLost(value) ? explain(change.fact, column) : [] };
  });
  const explainedFiles = files.map((file) => explainFiles(file, [from, to], explain));
  return { from, to, changes: explained, files: explainedFiles };
}

function explainFiles(
  change: FileChange,
  [from, to]: readonly [FactColumn, FactColumn],
  explain: Explain,
): ExplainedFiles {
  const { hierarchy, came, went, isWhole } = change;
  // Then the controller has the reason.
  if (isWhole) return { ...change, reasons: [] };
  const explainIn = (column: FactColumn, names: readonly string[]): readonly string[] =>
    names.flatMap((name) => explain(`${hierarchy}-file/${name}`, column));
  return { ...change, reasons: [...new Set([...explainIn(from, came), ...explainIn(to, went)])] };
}

function statementsOf(
  columns: readonly FactColumn[],
  said: (column: FactColumn) => readonly string[],
): readonly Statement[] {
  const byText = new Map<string, string[]>();
  for (const column of columns) {
    for (const text of said(column)) {
      byText.set(text, [...(byText.get(text) ?? []), column.name]);
    }
  }
  return [...byText].map(([text, names]) => ({ text, columns: names }));
}
