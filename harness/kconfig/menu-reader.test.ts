import { expect } from 'chai';
import fc from 'fast-check';
import { menuOf } from './kernel-config.ts';
import { configOf, readRecorded } from './testing/recorded-config.ts';

interface Menu {
  readonly title: string;
  readonly menus: readonly Menu[];
}

const title = fc.constantFrom('General setup', 'Networking', 'PCI', 'end of it', 'A › B');
const { menu } = fc.letrec<{ menu: Menu }>((tie) => ({
  menu: fc.oneof(
    { depthSize: 'small' },
    fc.record({ title, menus: fc.constant([]) }),
    fc.record({ title, menus: fc.array(tie('menu'), { maxLength: 3 }) }),
  ),
}));

/** The lines of a menu, in each of which is a symbol before, between and after the menus in it. */
function render(tree: Menu, path: readonly string[], expected: string[][]): string {
  const own = [...path, tree.title];
  const place = (): string => `CONFIG_S${expected.push(own) - 1}=y\n`;
  const inner = tree.menus.map((menu) => render(menu, own, expected) + place());
  const heading = '\n#\n# a heading, which has no end\n#\n';
  const lines = [place(), heading, place(), ...inner].join('');
  return `\n#\n# ${tree.title}\n#\n${lines}# end of ${tree.title}\n`;
}

describe('the menu of a symbol', () => {
  it('is read from the comments around it', () => {
    const config = configOf(readRecorded('debian-6.12.config'));
    expect(menuOf(config, 'CC_IS_GCC')).to.deep.equal([]);
    expect(menuOf(config, 'PSI')).to.deep.equal([
      'General setup',
      'CPU/Task time and stats accounting',
    ]);
    expect(menuOf(config, 'CPUSETS_V1')).to.deep.equal(['General setup']);
    expect(menuOf(config, 'NETFILTER_XT_MARK')).to.deep.equal([
      'Networking options',
      'Core Netfilter Configuration',
    ]);
    expect(menuOf(config, 'NET_SCHED')).to.deep.equal(['Networking options']);
    expect(menuOf(config, 'NOTHING')).to.deep.equal([]);
  });

  it('is the heading above it before Linux 5.2, where no menu has an end', () => {
    const old = '#\n# General setup\n#\nCONFIG_A=y\n\n#\n# IRQ subsystem\n#\nCONFIG_B=y\n';
    expect([...(configOf(old).menus ?? [])]).to.deep.equal([
      ['A', ['General setup']],
      ['B', ['IRQ subsystem']],
    ]);
  });

  it('is found however menus are nested', () => {
    fc.assert(
      fc.property(fc.array(menu, { minLength: 1, maxLength: 3 }), (trees) => {
        const expected: string[][] = [];
        const config = configOf(trees.map((tree) => render(tree, [], expected)).join(''));
        const found = expected.map((_, index) => menuOf(config, `S${index}`));
        expect(found).to.deep.equal(expected.map((path) => path.slice(0, 16)));
      }),
    );
  });

  it('is printable, and takes linear time in a file of headings alone', () => {
    const endless = '#\n# \u001b[31mred\n#\n'.repeat(50_000);
    const ends = '# end of nothing\n'.repeat(50_000);
    const config = configOf(`${endless}${ends}CONFIG_A=y\n# end of \u001b[31mred\n`);
    expect(menuOf(config, 'A')).to.deep.equal(['red']);
  });
});
