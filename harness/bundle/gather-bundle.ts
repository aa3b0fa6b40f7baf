/** Puts together what a bundle has: everything that its test's guest was made from, and what was seen. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { digestFile } from '../cache/digest.ts';
import type { TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import type { Limits } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { digestAgentFiles } from '../prepare/initramfs.ts';
import { formatCpio } from '../prepare/newc.ts';
import type { PreparedCell, PreparedVm } from '../prepare/prepare-cell.ts';
import { type BundleDescription, FORMAT, SCENARIO_FOLDER, SCRIPT_PATH } from './bundle-format.ts';
import { formatReadme } from './bundle-readme.ts';
import { packReplay, type ReplayInputs } from './pack-replay.ts';
import { formatRunScript } from './run-script.ts';
import type { ScenarioSource } from './scenario-sources.ts';
import type { BundleMember } from './write-bundle.ts';

export interface BundleInputs extends ReplayInputs {
  /** The version of kmx. */
  readonly kmx: string;
  /** `sha256:…` of its code that runs tests. */
  readonly code: string;
  /** That of Node.js. */
  readonly node: string;
  readonly test: TestId;
  readonly outcome: BundleDescription['outcome'];
  readonly expectation?: Expectation | undefined;
  readonly prepared: PreparedCell & { readonly boot: PreparedVm };
  /** Those of the matrix, not of this host. */
  readonly limits: Limits;
  readonly machine: BundleDescription['machine'];
  /** Absent for the test `boots`. */
  readonly scenario?: { readonly spec: string; readonly sources: readonly ScenarioSource[] };
  /** What was recorded, by name. */
  readonly evidence: ReadonlyMap<string, Buffer>;
  readonly hasAgent: boolean;
  /** Takes out of a text what it says about this host. */
  readonly hide: (content: Buffer) => Buffer;
}

export interface GatheredBundle {
  /** The name of the folder in it. */
  readonly folder: string;
  readonly description: BundleDescription;
  readonly members: readonly BundleMember[];
}

const KERNEL = 'kernel/image';
const CONFIG = 'kernel/config';
const GUEST_ARCHIVE = 'initramfs/1-guest.cpio';
const AGENT_ARCHIVE = 'initramfs/2-agent.cpio';
const REPLAY_ARCHIVE = 'initramfs/3-replay.cpio';
const FOLDER_LENGTH_MAX = 80;

/** Rejects as `fs` does if a file is gone. */
export async function gatherBundle(inputs: BundleInputs): Promise<GatheredBundle> {
  const { prepared, scenario, hasAgent, hide } = inputs;
  const agentArchive = Buffer.concat(formatCpio(prepared.agentFiles));
  await checkParts(prepared.boot, agentArchive);
  const description = describe(inputs);
  const { config } = prepared.kernel;
  const members: BundleMember[] = [
    { path: KERNEL, mode: 0o644, content: prepared.boot.image },
    ...(config === undefined ? [] : [{ path: CONFIG, mode: 0o644, content: config } as const]),
    { path: GUEST_ARCHIVE, mode: 0o644, content: prepared.boot.bare.initramfs },
    ...(hasAgent ? [{ path: AGENT_ARCHIVE, mode: 0o644, content: agentArchive } as const] : []),
    { path: REPLAY_ARCHIVE, mode: 0o644, content: await packReplay(inputs) },
    ...(scenario?.sources ?? []).map(({ path, content }) => ({
      path: `${SCENARIO_FOLDER}/${path}`,
      mode: 0o644 as const,
      content,
    })),
    ...[...inputs.evidence].map(([name, content]) => ({
      path: `evidence/${name}`,
      mode: 0o644 as const,
      content: hide(content),
    })),
    { path: SCRIPT_PATH, mode: 0o755, content: Buffer.from(formatRunScript(description)) },
    { path: 'README.txt', mode: 0o644, content: Buffer.from(formatReadme(description)) },
  ];
  return { folder: folderOf(description), description, members };
}

/** An initramfs is its archives, one after the other: else the bundle would boot something else. */
async function checkParts({ initramfs, bare }: PreparedVm, agent: Buffer): Promise<void> {
  const sha256 = createHash('sha256');
  for await (const piece of createReadStream(bare.initramfs)) sha256.update(piece);
  if (`sha256:${sha256.update(agent).digest('hex')}` === (await digestFile(initramfs))) return;
  throw new Error('Expected the initramfs to be that of a guest without an agent, and the agent');
}

function describe(inputs: BundleInputs): BundleDescription {
  const { kmx, code, node, test, outcome, expectation, prepared, limits, machine, scenario, hide } =
    inputs;
  const { scenarios: _, ...cell } = prepared.cell;
  const { kernel, agent, boot, leaveUnmounted } = prepared;
  const { cpus, memoryMib, ...times } = limits;
  const { owner: _owner, ...expected } = expectation ?? {};
  return hideIn(hide, {
    ...{ format: FORMAT, kmx, code, node, test, cell, outcome },
    ...(expectation === undefined ? {} : { expectation: expected as Omit<Expectation, 'owner'> }),
    kernel: {
      ...{ release: kernel.release, origin: kernel.origin, digest: kernel.digest },
      ...(kernel.config === undefined ? {} : { config: CONFIG }),
    },
    agent: {
      digest: digestAgentFiles(prepared.agentFiles),
      ...(inputs.hasAgent ? { archive: AGENT_ARCHIVE } : {}),
      argv: [...agent.argv],
      environment: sortKeys(agent.environment),
      socket: agent.socket,
    },
    guest: {
      kernel: KERNEL,
      initramfs: [GUEST_ARCHIVE, ...(inputs.hasAgent ? [AGENT_ARCHIVE] : [])],
      replay: REPLAY_ARCHIVE,
      bootParameters: [...boot.bootParameters],
      leaveUnmounted: [...leaveUnmounted],
      ...{ cpus, memoryMib },
    },
    machine,
    limits: times,
    ...omitUndefined({
      scenario: scenario && {
        spec: `${SCENARIO_FOLDER}/${scenario.spec}`,
        sources: scenario.sources.map(({ path }) => `${SCENARIO_FOLDER}/${path}`),
      },
    }),
  } as BundleDescription);
}

/** Everything that is text in it. */
function hideIn(hide: BundleInputs['hide'], description: BundleDescription): BundleDescription {
  return JSON.parse(hide(Buffer.from(JSON.stringify(description))).toString());
}

function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function folderOf({ outcome, cell }: BundleDescription): string {
  return `${outcome.verdict}-${cell.id}`.slice(0, FOLDER_LENGTH_MAX);
}
