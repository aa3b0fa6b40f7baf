import { deepStrictEqual, match, ok } from 'node:assert';
import { checkEffective } from '../../kconfig/fragments/check-effective.ts';
import { describeLost } from '../../kconfig/fragments/describe-lost.ts';
import { findConflicts } from '../../kconfig/fragments/find-conflicts.ts';
import { mergeRequests } from '../../kconfig/fragments/merge-requests.ts';
import { parseFragment } from '../../kconfig/fragments/parse-fragment.ts';
import { dependentsOf } from '../../kconfig/language/graph.ts';
import type { KconfigTree } from '../../kconfig/language/kconfig-tree.ts';
import { parseKconfigTree } from '../../kconfig/language/parse-tree.ts';
import { toLine } from '../../text.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

const KCONFIG = `mainmenu "Linux/$(ARCH)"
cc-option = $(shell,$(CC) $(1))
menu "General setup"
	visible if EXPERT
config MODULES
	bool "Modules"
	modules
choice
	prompt "One of"
	default B
config A
	bool "A" if X != "y" || !(B && m)
	select C if D >= 0x10
	imply E
config B
	def_bool $(cc-option,-fplugin)
endchoice
if A
menuconfig D
	int
	range 1 C
	depends on B
	help
	  A text.

	    Indented.
endif
endmenu
source "other/Kconfig"
`;

/** Whatever the files are, symbols have names, and problems are few and printable. */
export const kconfigTree: FuzzTarget = {
  name: 'kconfig-tree',
  seeds: () => [Buffer.from(KCONFIG), Buffer.from(KCONFIG.replaceAll('\n', '\r\n'))],
  run(input) {
    const tree = parse(input);
    ok(tree.problems.length <= 100 && tree.problems.length <= tree.problemCount);
    for (const problem of tree.problems) isPrintable(problem);
    for (const name of tree.symbols.keys()) match(name, /^\w{1,128}$/);
    const names = new Set(tree.symbols.keys());
    for (const { choice } of tree.symbols.values()) {
      ok(choice === undefined || tree.choices.includes(choice));
    }
    for (const needed of dependentsOf(tree).values())
      for (const name of needed) ok(names.has(name));
  },
};

const FRAGMENT =
  'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_D=0x10\nCONFIG_E="a \\"b\\""\nCONFIG_A=m\n';
/** Of a few lines, so that the time is that of the fragment. */
const TREE = parse(Buffer.from(KCONFIG));
const CONFIG = {
  symbols: new Map([
    ['A', 'y'],
    ['D', '3'],
  ]),
  version: '6.12.0',
};
/** A fragment that asks for more would be explained for as long as it is. */
const EXPLAINED_MAX = 20;

/** Requests are for symbols, and what did not take is explained in printable lines. */
export const kconfigFragment: FuzzTarget = {
  name: 'kconfig-fragment',
  seeds: () => [Buffer.from(FRAGMENT)],
  run(input) {
    const { requests, problems, problemCount } = parseFragment(Buffer.from(input).toString(), 'f');
    ok(problems.length <= 20 && problems.length <= problemCount);
    for (const { line, column, message } of problems) {
      ok(line > 0 && column > 0);
      isPrintable(message);
    }
    const { wanted } = mergeRequests([requests]);
    for (const [symbol, request] of wanted) {
      match(symbol, /^\w{1,128}$/);
      deepStrictEqual(request.symbol, symbol);
    }
    const some = new Map([...wanted].slice(0, EXPLAINED_MAX));
    findConflicts(some, TREE);
    const lost = checkEffective(some, CONFIG, TREE);
    for (const line of lost.flatMap(describeLost)) isPrintable(line.trim());
  },
};

function parse(input: Uint8Array): KconfigTree {
  const text = Buffer.from(input).toString();
  const readFile = (path: string): string | undefined => (path === 'Kconfig' ? text : undefined);
  return parseKconfigTree(readFile, { ARCH: 'x86' });
}

function isPrintable(text: string): void {
  ok(toLine(text, 10_000) === text, text);
}
