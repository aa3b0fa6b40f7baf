import { expect } from 'chai';
import fc from 'fast-check';
import { anyHostileText } from '../testing/hostile-kconfig.ts';
import { readMiniature, treeOf } from '../testing/miniature-tree.ts';
import { type Expression, printExpression } from './expression.ts';
import { parseKconfigTree } from './parse-tree.ts';

const print = (expression: Expression | undefined): string =>
  expression === undefined ? '' : printExpression(expression);

describe('the Kconfig files of a tree', () => {
  const tree = readMiniature();
  const symbol = (name: string) => tree.symbols.get(name) ?? expect.fail(`no ${name}`);

  it('are read, with all that they include', () => {
    expect(tree.problems).to.deep.equal([]);
    expect(tree.symbols.size).to.equal(41);
    expect(symbol('CPUSETS_V1').places).to.deep.equal([{ file: 'init/Kconfig', line: 45 }]);
    expect(symbol('CPUSETS_V1').menus).to.deep.equal(['General setup']);
  });

  it('say what a symbol depends on, through the menus, choices and ifs around it', () => {
    expect(print(symbol('CPUSETS_V1').dependsOn)).to.equal('CGROUPS && CPUSETS');
    expect(print(symbol('NET_9P_VIRTIO').dependsOn)).to.equal('NET_9P && VIRTIO');
    expect(print(symbol('PREEMPT_RT').dependsOn)).to.equal('EXPERT');
    expect(print(symbol('CGROUP_DEBUG').dependsOn)).to.equal(
      'CGROUPS && (DEBUG_KERNEL || EXPERT && SYSFS)',
    );
    expect(symbol('VIRTIO').dependsOn).to.equal(undefined);
  });

  it('say who can set a symbol, and what sets it otherwise', () => {
    expect(symbol('DEBUG_KERNEL').prompts.map(({ visibleIf }) => print(visibleIf))).to.deep.equal([
      'EXPERT',
    ]);
    expect(symbol('VIRTIO').prompts).to.deep.equal([]);
    expect(symbol('MEMCG').selects.map((one) => one.symbol)).to.deep.equal([
      'PAGE_COUNTER',
      'EVENTFD',
    ]);
    expect(symbol('DEBUG_KERNEL').implies).to.deep.equal([{ symbol: 'DEBUG_INFO' }]);
    const defaults = symbol('NR_CPUS_RANGE_END').defaults;
    expect(defaults.map((one) => `${print(one.value)} if ${print(one.condition)}`)).to.deep.equal([
      '512 if SMP && 64BIT',
      '64 if SMP',
      '1 if ',
    ]);
  });

  it('may define a symbol in more than one place', () => {
    expect(symbol('PCI').places).to.have.length(2);
    expect(symbol('PCI').prompts.map(({ text }) => text)).to.deep.equal(['PCI']);
    const two = treeOf(
      'config A\n bool "one"\n depends on X\nconfig A\n bool "two"\n depends on Y\n default y\n',
    ).symbols.get('A');
    expect(print(two?.dependsOn)).to.equal('X || Y');
    expect(two?.prompts.map((one) => print(one.visibleIf))).to.deep.equal(['X', 'Y']);
    expect(two?.defaults.map((one) => print(one.condition))).to.deep.equal(['Y']);
  });

  it('have choices, whose members may be in an if', () => {
    expect(tree.choices.map(({ title, members }) => [title, ...members])).to.deep.equal([
      ['Timer frequency', 'HZ_100', 'HZ_250', 'HZ_1000'],
      ['Preemption model', 'PREEMPT_NONE', 'PREEMPT', 'PREEMPT_RT'],
    ]);
    expect(symbol('PREEMPT_RT').choice?.title).to.equal('Preemption model');
  });

  it('have help texts, whose indentation is kept from the first line on', () => {
    expect(symbol('64BIT').help).to.equal(
      'Say yes to build a 64-bit kernel.\n\n  Indented lines and blank ones\nbelong to the help text.',
    );
  });

  it('have macros, of which those that need a shell are unknown', () => {
    expect(print(symbol('64BIT').defaults[0]?.value)).to.equal('"x86"!="i386"');
    expect(print(symbol('NAMES').defaults[0]?.value)).to.equal('"one two,three"');
    expect(symbol('CC_HAS_RETURN_THUNK').defaults[0]?.value).to.deep.equal({
      kind: 'unknown',
      text: '$(cc-option,-mfunction-return=thunk-extern)',
    });
  });

  it('have macros that a callback may answer', () => {
    const calls: string[] = [];
    const text = 'ok = $(shell,$(1))\nconfig A\n def_bool $(ok,gcc -v)\n';
    const { symbols } = parseKconfigTree(
      () => text,
      {},
      (call) => {
        calls.push(`${call.name}: ${call.arguments.join()}`);
        return call.name === 'shell' ? 'y' : undefined;
      },
    );
    expect(calls).to.deep.equal(['ok: gcc -v', 'shell: gcc -v']);
    expect(symbols.get('A')?.defaults[0]?.value).to.deep.equal({ kind: 'constant', value: 'y' });
  });

  it('are read as they were, and as they will be', () => {
    const text = [
      'choice NAMED',
      ' bool "one of"',
      ' optional',
      'config A',
      ' boolean "a"',
      ' ---help---',
      '  old',
      'endchoice',
      'config M',
      ' option modules',
      'config NEW',
      ' bool "n"',
      ' depends on A if M',
      ' transitional',
    ].join('\n');
    const { symbols, problems, choices } = treeOf(text);
    expect(problems).to.deep.equal([]);
    expect(choices[0]?.isOptional).to.equal(true);
    expect(symbols.get('A')?.help).to.equal('old');
    expect(symbols.get('M')?.isModules).to.equal(true);
    expect(print(symbols.get('NEW')?.dependsOn)).to.equal('A || !M');
  });

  it('are read on after what is wrong, which is told with its place', () => {
    const text = [
      'config A B',
      'bool "x"',
      'config',
      ' depends on (A',
      'config C',
      ' depends on A &&',
      ' bool "c" if',
      ' frobnicate',
      'endmenu',
      'source "nowhere/Kconfig"',
      'source "$(NOTHING)/Kconfig"',
      'source "Kconfig"',
      'menu "m"',
      'config D',
      ' int "d"',
      ' bool',
    ].join('\n');
    const { problems, symbols } = treeOf(text);
    expect(problems).to.deep.equal([
      'Kconfig:1: expected the end of the line, found B',
      'Kconfig:3: expected the name of a symbol, found the end of the line',
      'Kconfig:4: found "depends" outside of a config, choice, menu or comment',
      'Kconfig:6: expected a symbol, found the end of the line',
      'Kconfig:7: expected a symbol, found the end of the line',
      'Kconfig:8: expected a word of the Kconfig language, found frobnicate',
      'Kconfig:9: found endmenu without a menu that is open',
      'Kconfig:10: there is no file nowhere/Kconfig',
      'Kconfig:11: the value of a macro is not known: $(NOTHING)/Kconfig',
      'Kconfig:12: Kconfig includes itself',
      'Kconfig:16: found type bool after type int',
      'Kconfig:16: the menu of line 13 has no end',
    ]);
    expect([...symbols.keys()]).to.deep.equal(['A', 'C', 'D']);
  });

  it('says that the name of a file is empty', () => {
    const expected = ['Kconfig:1: the name of a file to read is empty'];
    expect(treeOf('source ""').problems).to.deep.equal(expected);
  });

  it('are read whatever they are', () => {
    fc.assert(
      fc.property(anyHostileText, (text) => {
        const { symbols, problems, problemCount } = treeOf(text);
        expect(problems.length).to.equal(Math.min(problemCount, 100));
        for (const name of symbols.keys()) expect(name).to.match(/^\w{1,128}$/);
      }),
      { numRuns: 300 },
    );
  });

  it('are read however deep they are, or go in circles', () => {
    const deep = 20_000;
    const texts = [
      'if A\n'.repeat(deep),
      `menu "m"\n${' depends on A\n'.repeat(deep)}config X\n bool "x"\n`,
      `config A\n depends on ${'('.repeat(8000)}A\n`,
      `config A\n depends on ${'!'.repeat(8000)}A\n`,
      `config A\n depends on ${'B && '.repeat(1600)}A\n`,
      `config A\n default ${'$('.repeat(8000)}\n`,
      `config A\n default ${'$(x,'.repeat(4000)}${')'.repeat(4000)}\n`,
      `a = $(b)$(b)\nb = $(a)$(a)\nconfig A\n default $(a)\n`,
      `config A\n default "${'\\'.repeat(100_000)}\n`,
      `config A\n help\n${' \t'.repeat(50_000)}x\n`,
      `${'source "Kconfig"\n'.repeat(1000)}`,
    ];
    for (const text of texts) expect(treeOf(text).symbols.size).to.be.at.most(1);
    const twice = (path: string) => `source "${path}x"\n`.repeat(2);
    const exponential = parseKconfigTree((path) => (path.length < 60 ? twice(path) : ''), {});
    expect(exponential.problemCount).to.be.above(0);
  });
});
