/**
 * Reads a kernel's configuration as the kernel's own build does (scripts/kconfig/confdata.c,
 * conf_read_simple). Our own code: the format belongs to the kernel, npm has no maintained parser, and
 * files come from anywhere. Time and memory are linear in the input, and no line is decoded that is
 * longer than any that a kernel has.
 */
import { toLine } from '../text.ts';
import type { KernelConfig } from './kernel-config.ts';
import { type MenuPlace, MenuReader } from './menu-reader.ts';

/** A line that was not read, or that the kernel's build would warn about. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in characters. */
  readonly column: number;
  /** One sentence, printable. */
  readonly message: string;
}

export type ParsedConfig =
  | {
      readonly kind: 'config';
      readonly config: KernelConfig;
      /** The first of them. */
      readonly problems: readonly ConfigProblem[];
      /** How many there are in all. */
      readonly problemCount: number;
    }
  /** There is no symbol in it. */
  | {
      readonly kind: 'no-config';
      /** A noun phrase, printable: `an empty file`. */
      readonly looksLike: string;
    };

const PROBLEMS_MAX = 20;
/** The kernel's own command line, the longest text in most configurations, ends at 2048. */
const LINE_BYTES_MAX = 64 * 1024;
/** Linux 7 has 20,000. */
const SYMBOLS_MAX = 100_000;
/** Enough to tell a text from anything else. */
const LOOK_BYTES = 4096;

export function parseKernelConfig(content: Uint8Array | string): ParsedConfig {
  const bytes = typeof content === 'string' ? Buffer.from(content) : viewOf(content);
  if (bytes.subarray(0, LOOK_BYTES).includes(0)) {
    return { kind: 'no-config', looksLike: 'binary data' };
  }
  const reader = new ConfigReader();
  reader.readLines(bytes);
  return reader.result() ?? { kind: 'no-config', looksLike: describeText(bytes) };
}

interface Assignment {
  readonly value: string | undefined;
  readonly line: number;
  readonly place: MenuPlace | undefined;
}

const OFF = /^# CONFIG_(\S+) is not set$/;
const NAME = /^[A-Za-z0-9_]{1,128}$/;
/** Tristate, number, hexadecimal number with or without 0x, or text. */
const VALUE = /^(?:[ymn]|-?\d+|(?:0[xX])?[0-9a-fA-F]+|"[^"\\]*(?:\\.[^"\\]*)*")$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/;
const VERSION = /^# Linux(?:\/\S+)? (\d\S{0,63}) Kernel Configuration$/;
/** Linux 5.0 to 5.7 have it as a comment. */
const COMPILER = /^# Compiler: (.+)$/;

class ConfigReader {
  readonly #assignments = new Map<string, Assignment>();
  readonly #problems: ConfigProblem[] = [];
  readonly #menus = new MenuReader();
  #problemCount = 0;
  #line = 0;
  #version: string | undefined;
  #compiler: string | undefined;

  readLines(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const found = bytes.indexOf(0x0a, at);
      const end = found === -1 ? bytes.length : found;
      this.#line += 1;
      if (end - at > LINE_BYTES_MAX) {
        this.#menus.skipLine();
        this.#report(1, `expected a line of at most ${LINE_BYTES_MAX} bytes, found ${end - at}`);
      } else {
        this.#readLine(bytes.toString('utf8', at, end).replace(/\r$/, ''));
      }
      at = end + 1;
    }
  }

  /** Undefined if there was no symbol. */
  result(): ParsedConfig | undefined {
    if (this.#assignments.size === 0) return undefined;
    const symbols = new Map<string, string | undefined>();
    const menus = new Map<string, readonly string[]>();
    const pathOf = this.#menus.finish();
    for (const [symbol, { value, place }] of this.#assignments) {
      symbols.set(symbol, value);
      const path = pathOf(place);
      if (path.length > 0) menus.set(symbol, path);
    }
    const compiler = unquote(symbols.get('CC_VERSION_TEXT')) ?? this.#compiler;
    const config: KernelConfig = {
      symbols,
      menus,
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(compiler === undefined ? {} : { compiler }),
    };
    const problems = this.#problems;
    return { kind: 'config', config, problems, problemCount: this.#problemCount };
  }

  #readLine(line: string): void {
    if (line.startsWith('CONFIG_')) {
      this.#menus.skipLine();
      this.#readValue(line);
    } else if (line.startsWith('#')) this.#readComment(line);
    else {
      this.#menus.skipLine();
      if (line !== '') this.#report(1, `expected CONFIG_…, found ${show(line)}`);
    }
  }

  #readValue(line: string): void {
    const equals = line.indexOf('=');
    if (equals === -1) {
      this.#report(line.length + 1, 'expected = and a value');
      return;
    }
    const name = line.slice('CONFIG_'.length, equals);
    const value = line.slice(equals + 1);
    if (!VALUE.test(value) || CONTROL.test(value)) {
      const expected = 'y, m, n, a number or a text in quotation marks';
      this.#report(equals + 2, `expected ${expected}, found ${show(value)}`);
    } else this.#assign(name, value === 'n' ? undefined : value, 'CONFIG_'.length + 1);
  }

  #readComment(line: string): void {
    const off = OFF.exec(line)?.[1];
    if (off !== undefined) {
      this.#menus.skipLine();
      this.#assign(off, undefined, '# CONFIG_'.length + 1);
      return;
    }
    this.#menus.readComment(line);
    const version = VERSION.exec(line)?.[1];
    if (version !== undefined) this.#version ??= toLine(version);
    const compiler = COMPILER.exec(line)?.[1];
    if (compiler !== undefined) this.#compiler ??= toLine(compiler);
  }

  #assign(name: string, value: string | undefined, column: number): void {
    const before = this.#assignments.get(name);
    if (!NAME.test(name)) {
      this.#report(column, `expected the name of a symbol, found ${show(name)}`);
    } else if (before === undefined && this.#assignments.size === SYMBOLS_MAX) {
      this.#report(column, `expected at most ${SYMBOLS_MAX} symbols: this one is not read`);
    } else {
      if (before !== undefined) {
        this.#report(column, `CONFIG_${name} is on line ${before.line}, too: the last one counts`);
      }
      this.#assignments.set(name, { value, line: this.#line, place: this.#menus.place });
    }
  }

  #report(column: number, message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_MAX) {
      this.#problems.push({ line: this.#line, column, message });
    }
  }
}

function show(text: string): string {
  return toLine(text, 40) || (text === '' ? 'nothing' : 'nothing printable');
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Undefined for an empty text, too. */
function unquote(value: string | undefined): string | undefined {
  return value === undefined ? undefined : toLine(value.replace(/^"|"$|\\(?=.)/g, '')) || undefined;
}

function describeText(bytes: Buffer): string {
  const beginning = toLine(bytes.toString('utf8', 0, LOOK_BYTES), 60);
  if (beginning !== '') return `a text that begins with: ${beginning}`;
  return bytes.length === 0 ? 'an empty file' : 'a file of blank lines';
}
