/**
 * Stands for GitHub's `gh` in tests: one repository's issues and artifacts in the file $FAKE_GH, and every
 * call of it, with its standard input.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface FakeIssue {
  readonly number: number;
  readonly labels: readonly string[];
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly comments: string[];
}

export interface FakeGitHub {
  readonly calls: { readonly words: readonly string[]; readonly input: string }[];
  readonly issues: FakeIssue[];
  readonly labels: string[];
  /** As the API lists them. */
  readonly artifacts?: readonly object[];
}

const file = process.env.FAKE_GH;
if (file !== undefined) answer(file, process.argv.slice(2));

function answer(path: string, words: readonly string[]): void {
  const hub = JSON.parse(readFileSync(path, 'utf8')) as FakeGitHub;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      ...{ label: { type: 'string' }, state: { type: 'string' }, limit: { type: 'string' } },
      ...{ json: { type: 'string' }, title: { type: 'string' }, description: { type: 'string' } },
      ...{ 'body-file': { type: 'string' }, force: { type: 'boolean' } },
    },
  });
  const input = values['body-file'] === '-' ? readFileSync(0, 'utf8') : '';
  hub.calls.push({ words, input });
  process.stdout.write(act(hub, positionals, values, input));
  writeFileSync(path, JSON.stringify(hub, undefined, 2));
}

function act(
  hub: FakeGitHub,
  [what, verb, name = '']: readonly string[],
  { label = '', title = '' }: { readonly label?: string; readonly title?: string },
  input: string,
): string {
  const issue = hub.issues.find(({ number }) => `${number}` === name);
  switch (`${what} ${verb?.split('?')[0]}`) {
    case 'issue list':
      return JSON.stringify(
        hub.issues
          .filter(({ state, labels }) => state === 'open' && labels.includes(label))
          .map(({ number, body }) => ({ number, body })),
      );
    case 'label create':
      hub.labels.push(name);
      return '';
    case 'issue create': {
      // As GitHub does: a label must be there.
      if (!hub.labels.includes(label)) return fail(`could not add label: '${label}' not found`);
      const number = hub.issues.length + 1;
      hub.issues.push({ number, labels: [label], title, body: input, state: 'open', comments: [] });
      return `https://github.example/issues/${number}\n`;
    }
    case 'issue edit':
      Object.assign(issue ?? fail('no such issue'), { title, body: input });
      return '';
    case 'issue comment':
      (issue ?? fail('no such issue')).comments.push(input);
      return '';
    case 'issue close':
      (issue ?? fail('no such issue')).state = 'closed';
      return '';
    default:
      if (what === 'api') return JSON.stringify({ artifacts: hub.artifacts ?? [] });
      return fail(`unknown: ${what} ${verb}`);
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
