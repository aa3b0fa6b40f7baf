import { toLine } from '../../text.ts';
import { Blocks } from './blocks.ts';
import { DefinitionTable } from './definition-table.ts';
import { createDefinition, type Definition } from './definitions.ts';
import type { KconfigTree } from './kconfig-tree.ts';
import type { LineReader } from './line-reader.ts';
import { type Assignment, type EvaluateMacro, Macros } from './macros.ts';
import { OpenFiles, type ReadFile } from './open-files.ts';
import { ATTRIBUTES, takeTitle } from './parse-attribute.ts';
import { SyntaxFault, TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

/**
 * Reads the Kconfig files of a tree, from `Kconfig` at its root on. Never throws for what is in them.
 * `readFile` gets paths relative to the root, and returns undefined for a file that is not there.
 * `variables` are what the kernel's Makefile passes on: `SRCARCH` above all.
 */
export function parseKconfigTree(
  readFile: ReadFile,
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

const ASSIGNMENT = /^\s*([\w-]+)\s*(=|:=|\+=)\s*(.*)$/;

class TreeParser {
  readonly #files: OpenFiles;
  readonly #macros: Macros;
  readonly #blocks = new Blocks();
  readonly #definitions = new DefinitionTable();
  readonly #problems: string[] = [];
  #problemCount = 0;
  /** What the lines below it say more of. */
  #current: Definition | undefined;

  constructor(readFile: ReadFile, macros: Macros) {
    this.#files = new OpenFiles(readFile);
    this.#macros = macros;
  }

  readRoot(): void {
    this.#attempt(() => this.#readFileAt('Kconfig'));
  }

  finish(): KconfigTree {
    return {
      ...this.#definitions.finish(),
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #readFileAt(path: string): void {
    const lines = this.#files.open(path);
    const floor = this.#blocks.depth;
    this.#readLines(lines);
    this.#closeBlocks(floor);
    this.#files.close();
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
    const text = this.#files.takeHelp();
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
        this.#current = this.#blocks.begin('choice', this.#files.place);
        this.#definitions.addChoice(this.#current);
        // Until Linux 6.8 a choice could have a name.
        if (!reader.isAtEnd) reader.takeSymbol();
        break;
      case 'menu':
        this.#current = this.#blocks.begin('menu', this.#files.place, takeTitle(reader));
        break;
      case 'if':
        this.#blocks.begin('if', this.#files.place, '', reader.takeExpression());
        break;
      case 'comment':
        this.#current = createDefinition(this.#files.place, this.#blocks.surroundings);
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
    this.#current = createDefinition(this.#files.place, around);
    this.#definitions.addSymbol(name, this.#current, around.choice);
  }

  #include(reader: TokenReader): void {
    const { text, isKnown } = reader.takeText();
    reader.expectEnd();
    if (!isKnown) throw new SyntaxFault(`the value of a macro is not known: ${toLine(text, 100)}`);
    this.#readFileAt(text);
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
    const { file, line } = this.#files.place;
    this.#problems.push(toLine(`${toLine(file, 100)}:${line}: ${message}`, MESSAGE_LENGTH_MAX));
  }
}

/** `$(error-if,…)` on a line of its own. */
function isLoneMacro(line: string): boolean {
  return line.trimStart().startsWith('$(');
}
