/** Entries of logs with named fields: JSON, one object per line, and logfmt. */
import { QUOTED, undoEscapes } from './escapes.ts';
import { type Envelope, KERNEL, type Opened } from './opened.ts';
import { panicOf } from './panic-fields.ts';
import { programOf } from './program-tag.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields whose text may be a program's output. */
const TEXT_KEYS = ['msg', 'message', 'error', 'err', 'backtrace', 'textPayload'];
/** Objects that hold the entry itself: Rust's tracing, Google's and Elastic's logs. */
const INNER_KEYS = ['fields', 'jsonPayload', 'event'];

/** An object of JSON; LAVA's are the items of a list in YAML. */
export const openObject: Envelope = (text) => {
  const json = text.startsWith('- {') ? text.slice(2) : text;
  const object = json.startsWith('{') ? parseJson(json) : undefined;
  if (object === undefined || Object.keys(object).length === 0) return undefined;
  return openJournal(object) ?? openStream(object) ?? openEntry(object);
};

/** `journalctl -o json`; text that is not UTF-8 is an array of bytes. */
function openJournal(object: Fields): Opened | undefined {
  const { MESSAGE: said } = object;
  const text = Array.isArray(said) ? Buffer.from(said.map(Number)).toString() : said;
  if (typeof text !== 'string') return undefined;
  const { _TRANSPORT: transport, SYSLOG_IDENTIFIER: name = object._COMM, _PID: pid } = object;
  if (transport === 'kernel' || name === 'kernel') return { text, sender: KERNEL };
  if (typeof name !== 'string') return { text };
  return { text, sender: programOf(typeof pid === 'string' ? `${name}[${pid}]` : name) };
}

/** Objects that hold a line of a stream as it was: docker's json-file and fluentd's, LAVA's target. */
function openStream({ log, lvl, msg }: Fields): Opened | undefined {
  if (typeof log === 'string' && msg === undefined) return { text: log.replace(/\n$/, '') };
  return lvl === 'target' && typeof msg === 'string' ? { text: msg } : undefined;
}

function openEntry(object: Fields): Opened {
  const inner = INNER_KEYS.map((key) => object[key]).filter((value) => isObject(value));
  const said = [object, ...inner]
    .flatMap((fields) => TEXT_KEYS.map((key) => fields[key]))
    .filter((value) => typeof value === 'string');
  const { sandbox = object.sandbox_id } = object;
  const text = panicOf([object, ...inner]) ?? said.join('\n');
  const entry = { text, wrapping: 'log' } as const;
  return typeof sandbox === 'string' ? { ...entry, sandbox: sandbox.slice(0, 64) } : entry;
}

const LOGFMT = /^(?:time|ts|t|level|lvl|msg)=/;
const LOGFMT_TEXT = new RegExp(String.raw`(?:^| )(?:msg|error|err)=(?:${QUOTED}|([^\s"]+))`, 'g');

const LOGFMT_PANIC = /^(?:[a-z]{1,20}=(?:"[^"]*"|[^"\s]\S*) ){0,3}level=panic /;

export const openLogfmt: Envelope = (text) => {
  if (!LOGFMT.test(text)) return undefined;
  const said = [...text.matchAll(LOGFMT_TEXT)].map(([, quoted, bare = '']) =>
    quoted === undefined ? bare : undoEscapes(quoted),
  );
  if (said.length === 0) return undefined;
  const [msg] = LOGFMT_PANIC.test(text) ? said : [];
  return { text: panicOf([{ level: 'panic', msg }]) ?? said.join('\n'), wrapping: 'log' };
};

const STRING = new RegExp(
  String.raw`"(?:${TEXT_KEYS.join('|')}|log|MESSAGE)":\s*"((?:[^"\\]|\\.)*)`,
  'g',
);

/**
 * A part of an object cannot be parsed: its strings are read, and what is left is a line of its own.
 */
export function openObjectPart(text: string): { said: string; rest: string } | undefined {
  const said = [...text.matchAll(STRING)].flatMap(
    ([, inside = '']) => parseJson(`{"inside":"${inside}"}`)?.inside ?? [],
  );
  return said.length === 0 ? undefined : { said: said.join('\n'), rest: text.replace(STRING, '') };
}

function parseJson(text: string): Fields | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Not a log's object after all: a line like any other.
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
