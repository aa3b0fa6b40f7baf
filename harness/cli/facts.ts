/** `kmx facts`: what the kernels of a run were found to offer, from the run's folder alone. */
import { dirname } from 'node:path';
import { UsageError } from '../errors.ts';
import { factColumns } from '../facts/fact-column.ts';
import { createFactSheet, type FactSheet } from '../facts/fact-sheet.ts';
import { readRunConfigs } from '../kernels/config/run-configs.ts';
import { renderFactsMarkdown } from '../reporters/facts/markdown.ts';
import { renderFacts } from '../reporters/facts/terminal.ts';
import { toLine } from '../text.ts';
import { colorsFor } from './colors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { explainWith } from './explain-facts.ts';
import { factsJson } from './facts-json.ts';
import { loadFeatures } from './load-needs.ts';
import { outputWidth } from './output-width.ts';
import { readFacts } from './read-facts.ts';
import { findRunLog } from './run-log.ts';

export interface FactsCommandOptions {
  readonly matrix: string;
  readonly from: string;
  readonly out: string;
  readonly files?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Prints them. Exit code 0: that kernels differ is no failure. */
export async function facts(options: FactsCommandOptions): Promise<number> {
  const { files: hasFiles = false, json, markdown } = options;
  const file = findRunLog(options.out, options.from);
  const report = readFacts(file);
  const columns = factColumns(report.cells, report.facts);
  if (columns.length === 0) {
    throw new UsageError(`the run ${report.run} has no facts: none of its guests came up`, {
      code: 'FACTS_NONE',
      remedy: 'name another run with --from',
    });
  }
  const { configs, warnings } = await readRunConfigs(dirname(file), report);
  for (const warning of warnings) process.stderr.write(`kmx: ${toLine(warning, 300)}\n`);
  const explain = explainWith(loadFeatures({ matrix: options.matrix }), configs);
  const sheet = createFactSheet(columns, explain, report);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(factsJson(report.run, sheet), undefined, 2)}\n`
      : markdown === true
        ? renderFactsMarkdown(sheet, hasFiles)
        : renderForTerminal(sheet, hasFiles),
  );
  return EXIT_CODES.good;
}

function renderForTerminal(sheet: FactSheet, hasFiles: boolean): string {
  const { stdout, env } = process;
  return renderFacts(sheet, { colors: colorsFor(stdout, env), width: outputWidth(), hasFiles });
}
