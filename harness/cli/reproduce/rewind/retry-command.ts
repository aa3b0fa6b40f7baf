/** What a developer types to go back to the state before a call. */

export type RetryCommand =
  | { readonly kind: 'try'; readonly changes: readonly FieldChange[]; readonly file?: string }
  | { readonly kind: 'call'; readonly number: number }
  /** Without a path: the agent of the test again. */
  | { readonly kind: 'agent'; readonly path?: string }
  | { readonly kind: 'show' | 'calls' | 'help' | 'quit' | 'nothing' }
  | { readonly kind: 'wrong'; readonly why: string };

/** A field of a request, and the text of its new value. */
export interface FieldChange {
  readonly path: string;
  readonly text: string;
}

export const RETRY_HELP = [
  ['again', 'send the request as the test has sent it'],
  ['set FIELD=VALUE …', 'send it with other values: set linux.resources.cpu.quota=-1'],
  ['request FILE.json', "send this one instead, in protobuf's JSON form"],
  ['show', 'print the request'],
  ['calls', 'list the calls of the test'],
  ['call N', 'go back to the state before call N from now on'],
  ['agent PATH', 'use another agent from now on; without PATH, that of the test'],
  ['quit', 'end; so does Ctrl-D'],
] as const;

export function parseRetryCommand(line: string): RetryCommand {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
  switch (word) {
    case '':
      return { kind: 'nothing' };
    case 'again':
      return { kind: 'try', changes: [] };
    case 'set':
      return parseChanges(rest);
    case 'request':
      if (rest === '') return wrong('request: expected a file with a request in JSON');
      return { kind: 'try', changes: [], file: rest };
    case 'call':
      if (!/^[1-9]\d{0,5}$/.test(rest)) {
        return wrong(`call: expected the number of a call, found '${rest}'; calls lists them`);
      }
      return { kind: 'call', number: Number(rest) };
    case 'agent':
      return rest === '' ? { kind: 'agent' } : { kind: 'agent', path: rest };
    case 'show':
    case 'calls':
    case 'help':
    case 'quit':
      return { kind: word };
    case 'exit':
      return { kind: 'quit' };
    default:
      return wrong(`'${word}' is no command: help lists them`);
  }
}

/** Undefined for a text that is none. */
export function parseChange(text: string): FieldChange | undefined {
  const [, path, value] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
  return path === undefined || value === undefined ? undefined : { path, text: value };
}

function parseChanges(text: string): RetryCommand {
  // JSON may have blanks in it.
  const words = text.split(/\s+(?=[\w.]+=)/);
  const changes = words.map(parseChange);
  const isWhole = changes.every((change) => change !== undefined);
  if (isWhole) return { kind: 'try', changes };
  return wrong(`set: expected FIELD=VALUE, such as linux.resources.cpu.quota=-1, found '${text}'`);
}

function wrong(why: string): RetryCommand {
  return { kind: 'wrong', why };
}
