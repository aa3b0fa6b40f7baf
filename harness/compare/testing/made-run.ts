/** Runs for tests of comparisons, made of little. */
import type { FactMap } from '../../facts/fact-map.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import type { CgroupMode } from '../../matrix/cell.ts';
import { cellId } from '../../matrix/cell.ts';
import { testKey } from '../../report/standing-results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { ComparedCell, ComparedRun, ComparedTest, Environment } from '../compared-run.ts';

export interface MadeCell {
  readonly kernel?: string;
  readonly config?: string;
  readonly cgroup?: CgroupMode;
  readonly agent?: string;
  readonly machine?: string;
  readonly tests: readonly ComparedTest[];
  readonly release?: string;
  readonly bootParameters?: readonly string[];
  readonly facts?: Readonly<Record<string, string>>;
  readonly offered?: readonly string[];
  readonly symbols?: KernelConfig['symbols'];
  readonly builds?: Readonly<Record<string, string>>;
}

export function makeRun(cells: readonly MadeCell[], id = 'run'): ComparedRun {
  return { id, folder: `reports/${id}`, cells: cells.map(makeCell), missing: [] };
}

function makeCell(made: MadeCell): ComparedCell {
  const { kernel = 'k', config = 'default', cgroup = 'v1', agent = 'a', tests } = made;
  const { machine = 'qemu' } = made;
  const names = { kernel, config, cgroup, agent, machine };
  return {
    id: cellId(names),
    ...names,
    agentKind: 'reference',
    tests,
    environment: environmentOf(made, kernel, cgroup),
  };
}

function environmentOf(
  { release, bootParameters, facts, offered, symbols, builds = {} }: MadeCell,
  kernel: string,
  cgroup: CgroupMode,
): Environment {
  const map: FactMap | undefined = facts && new Map(Object.entries(facts));
  return {
    kernel,
    cgroup,
    ...(release === undefined ? {} : { release }),
    ...(bootParameters === undefined ? {} : { bootParameters }),
    ...(map === undefined ? {} : { facts: map }),
    ...(offered === undefined ? {} : { offered: new Set(offered) }),
    ...(symbols === undefined ? {} : { config: { symbols } }),
    builds: new Map(Object.entries(builds)),
  };
}

export function made(verdict: Verdict, name = 'a test', signature?: string): ComparedTest {
  const [file = '', title = 'works'] = name.includes(': ') ? name.split(': ') : ['x.spec.ts', name];
  return {
    key: testKey(file, title),
    verdict,
    ...(signature === undefined ? {} : { signature }),
    why: verdict === 'pass' ? '' : `${verdict} of ${title}`,
  };
}
