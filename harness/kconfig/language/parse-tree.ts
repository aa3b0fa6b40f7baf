import { toLine } from '../../text.ts';
import { Blocks } from './blocks.ts';
import { createDefinition, type Definition, toChoice, toSymbol } from './definitions.ts';
import type { KconfigChoice, KconfigSymbol, KconfigTree, Place } from './kconfig-tree.ts';
import { LineReader } from './line-reader.ts';
import { type Assignment, type EvaluateMacro, Macros } from './macros.ts';
import { ATTRIBUTES, takeTitle } from './parse-attribute.ts';
import { SyntaxFault, TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

/**
 * Reads the Kconfig files of a tree, from `Kconfig` at its root on. Never throws for what is in them.
 * `readFile` gets paths relative to the root, and returns undefined for a file that is not there.
 * `variables` are what the kernel's Makefile passes on: `SRCARCH` above all.
 */
export function parseKconfigTree(
  readFile: (path: string) => string | undefined,
  variables: Readonly<Record<string, string>>,
  evaluateMacro?: EvaluateMacro,
): KconfigTree {
  const parser = new TreeParser(readFile, new Macros(variables, evaluateMacro));
  parser.readRoot();
  return parser.finish();
}

const MESSAGE_LENGTH_MAX = 500;
const PROBLEMS_MAX = 100;
const LINE_LENGTH_MAX = 16_384;
/** Linux 6.12 has 190 thousand in 1600 files. Files that include others twice, and so on, soon have too many. */
const LINES_MAX = 2_000_000;
const FILES_MAX = 20_000;
/** Linux 6.12 has 6. */
const FILES_DEPTH_MAX = 64;

const ASSIGNMENT = /^\s*([\w-]+)\s*(=|:=|\+=)\s*(.*)$/;

class TreeParser {
  readonly #readFile: (path: string) => string | undefined;
  readonly #macros: Macros;
  readonly #blocks = new Blocks();
  readonly #files: { readonly path: string; readonly lines: LineReader }[] = [];
  readonly #symbols = new Map<string, Definition[]>();
  readonly #choices: Definition[] = [];
  readonly #choiceOf = new Map<string, Definition>();
  readonly #problems: string[] = [];
  #problemCount = 0;
  #linesLeft = LINES_MAX;
  #filesLeft = FILES_MAX;
  /** What the lines below it say more of. */
  #current: Definition | undefined;

  constructor(readFile: (path: string) => string | undefined, macros: Macros) {
    this.#readFile = readFile;
    this.#macros = macros;
  }

  readRoot(): void {
    this.#attempt(() => this.#readFileAt('Kconfig'));
  }

  finish(): KconfigTree {
    const choices = new Map<Definition, KconfigChoice>();
    for (const definition of this.#choices) {
      const first = this.#symbols.get(definition.members[0] ?? '')?.[0]?.type ?? 'bool';
      choices.set(definition, toChoice(definition, first));
    }
    const symbols = new Map<string, KconfigSymbol>();
    for (const [name, definitions] of this.#symbols) {
      const choice = this.#choiceOf.get(name);
      symbols.set(name, toSymbol(name, definitions, choice && choices.get(choice)));
    }
    return {
      symbols,
      choices: [...choices.values()],
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #readFileAt(path: string): void {
    if (path.trim() === '') throw new SyntaxFault('the name of a file to read is empty');
    if (this.#files.some((file) => file.path === path)) {
      throw new SyntaxFault(`${toLine(path, 100)} includes itself`);
    }
    if (this.#files.length === FILES_DEPTH_MAX) {
      throw new SyntaxFault(`expected at most ${FILES_DEPTH_MAX} files that include each other`);
    }
    this.#filesLeft -= 1;
    if (this.#filesLeft < 0) throw new SyntaxFault(`expected at most ${FILES_MAX} files in all`);
    const text = this.#readFile(path);
    if (text === undefined) throw new SyntaxFault(`there is no file ${toLine(path, 100)}`);
    const lines = new LineReader(text);
    this.#linesLeft -= lines.count;
    if (this.#linesLeft < 0) throw new SyntaxFault(`expected at most ${LINES_MAX} lines in all`);
    const floor = this.#blocks.depth;
    this.#files.push({ path, lines });
    this.#readLines(lines);
    this.#closeBlocks(floor);
    this.#files.pop();
  }

  #readLines(lines: LineReader): void {
    const floor = this.#blocks.depth;
    for (;;) {
      const line = lines.take();
      if (line === undefined) return;
      this.#attempt(() => this.#readLine(line, floor));
    }
  }

  #closeBlocks(floor: number): void {
    this.#current = undefined;
    const open = this.#blocks.innermost;
    if (this.#blocks.depth > floor && open !== undefined) {
      this.#report(`the ${open.kind} of line ${open.place.line} has no end`);
    }
    this.#blocks.closeTo(floor);
  }

  #readLine(line: string, floor: number): void {
    if (line.length > LINE_LENGTH_MAX) {
      throw new SyntaxFault(
        `expected a line of at most ${LINE_LENGTH_MAX} characters, found ${line.length}`,
      );
    }
    const assignment = line.includes('=') ? ASSIGNMENT.exec(line) : null;
    if (assignment !== null) {
      const [, name = '', operator, value = ''] = assignment;
      this.#macros.assign(name, operator as Assignment, value);
      return;
    }
    const reader = new TokenReader(tokenize(line, this.#macros));
    if (reader.isAtEnd || isLoneMacro(line)) return;
    const word = reader.takeWord();
    const read = ATTRIBUTES.get(word);
    if (read !== undefined) read(reader, this.#expectCurrent(word));
    else if (word === 'help' || word === '---help---') this.#readHelp(word);
    else this.#readStatement(word, reader, floor);
  }

  #readHelp(word: string): void {
    const text = this.#files.at(-1)?.lines.takeHelp();
    const definition = this.#expectCurrent(word);
    definition.help ??= text;
  }

  #expectCurrent(word: string): Definition {
    if (this.#current === undefined) {
      throw new SyntaxFault(
        `found "${toLine(word, 40)}" outside of a config, choice, menu or comment`,
      );
    }
    return this.#current;
  }

  #readStatement(word: string, reader: TokenReader, floor: number): void {
    this.#current = undefined;
    switch (word) {
      case 'config':
      case 'menuconfig':
        this.#beginSymbol(reader.takeSymbol());
        break;
      case 'choice':
        this.#current = this.#blocks.begin('choice', this.#place());
        this.#choices.push(this.#current);
        // Until Linux 6.8 a choice could have a name.
        if (!reader.isAtEnd) reader.takeSymbol();
        break;
      case 'menu':
        this.#current = this.#blocks.begin('menu', this.#place(), takeTitle(reader));
        break;
      case 'if':
        this.#blocks.begin('if', this.#place(), '', reader.takeExpression());
        break;
      case 'comment':
        this.#current = createDefinition(this.#place(), this.#blocks.surroundings);
        takeTitle(reader);
        break;
      case 'mainmenu':
        takeTitle(reader);
        break;
      case 'source':
        this.#include(reader);
        return;
      case 'endmenu':
      case 'endif':
      case 'endchoice':
        this.#blocks.end(word.slice(3) as 'menu' | 'if' | 'choice', floor);
        break;
      default:
        throw new SyntaxFault(`expected a word of the Kconfig language, found ${toLine(word, 40)}`);
    }
    reader.expectEnd();
  }

  #beginSymbol(name: string): void {
    const around = this.#blocks.surroundings;
    this.#current = createDefinition(this.#place(), around);
    const definitions = this.#symbols.get(name);
    if (definitions === undefined) this.#symbols.set(name, [this.#current]);
    else definitions.push(this.#current);
    if (around.choice !== undefined) {
      around.choice.members.push(name);
      this.#choiceOf.set(name, around.choice);
    }
  }

  #include(reader: TokenReader): void {
    const { text, isKnown } = reader.takeText();
    reader.expectEnd();
    if (!isKnown) throw new SyntaxFault(`the value of a macro is not known: ${toLine(text, 100)}`);
    this.#readFileAt(text);
  }

  #place(): Place {
    const file = this.#files.at(-1);
    return { file: file?.path ?? 'Kconfig', line: file?.lines.line ?? 1 };
  }

  #attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.#report(error.message);
    }
  }

  #report(message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length === PROBLEMS_MAX) return;
    const { file, line } = this.#place();
    this.#problems.push(toLine(`${toLine(file, 100)}:${line}: ${message}`, MESSAGE_LENGTH_MAX));
  }
}

/** `$(error-if,…)` on a line of its own. */
function isLoneMacro(line: string): boolean {
  return line.trimStart().startsWith('$(');
}
