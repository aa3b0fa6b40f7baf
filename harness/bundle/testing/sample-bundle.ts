import { digestOf } from '../../cache/digest.ts';
import type { BundleDescription } from '../bundle-format.ts';
import type { BundleMember } from '../write-bundle.ts';

export const SAMPLE_FOLDER = 'agent-panic-6.12';

export const SAMPLE_DESCRIPTION: BundleDescription = {
  format: 1,
  kmx: '0.1.0',
  node: 'v24.21.0',
  test: { file: 'cpu/shares.spec.ts', title: 'CPU shares › are set' },
  cell: {
    id: '6.12+default+v1+unguarded',
    kernel: '6.12',
    config: 'default',
    cgroup: 'v1',
    agent: 'unguarded',
    machine: 'qemu',
    machineKind: 'qemu',
    agentKind: 'reference',
  },
  outcome: {
    verdict: 'agent-panic',
    signature: 'v1:agent-panic:abc',
    why: 'called Option::unwrap() on a None value',
  },
  kernel: {
    release: '6.12.4-cloud-amd64',
    origin: 'debian linux-image-6.12.4-cloud-amd64 6.12.4-1 (trixie)',
    digest: digestOf('kernel'),
    config: 'kernel/config',
  },
  agent: {
    digest: digestOf('agent'),
    archive: 'initramfs/3-agent.cpio',
    argv: ['/kmx/agent/agent', '--guard=off'],
    environment: { KATA_AGENT_SERVER_ADDR: 'unix:///run/agent.sock' },
    socket: '/run/agent.sock',
  },
  guest: {
    kernel: 'kernel/image',
    initramfs: ['initramfs/1-init.cpio', 'initramfs/3-agent.cpio'],
    bootParameters: ['loglevel=7'],
    leaveUnmounted: [],
    cpus: 1,
    memoryMib: 256,
  },
  machine: {
    accelerator: 'tcg',
    version: '7.2.22',
    command: ['qemu-system-x86_64', '-kernel', '{bundle}/kernel/image'],
  },
  limits: {
    bootTimeoutMs: 60_000,
    callTimeoutMs: 10_000,
    testTimeoutMs: 60_000,
    drainTimeoutMs: 5000,
    heartbeatTimeoutMs: 10_000,
    consoleBytes: 1_000_000,
    runLogBytes: 1_000_000,
  },
  scenario: {
    spec: 'scenarios/cpu/shares.spec.ts',
    sources: ['scenarios/cpu/shares.spec.ts', 'scenarios/support/guest.ts'],
  },
};

const plain = (path: string, content: string): BundleMember => ({
  path,
  mode: 0o644,
  content: Buffer.from(content),
});

export const SAMPLE_MEMBERS: readonly BundleMember[] = [
  { path: 'run.sh', mode: 0o755, content: Buffer.from('#!/bin/sh\n') },
  plain('kernel/image', 'an image'),
  plain('kernel/config', 'CONFIG_A=y\n'),
  plain('initramfs/1-init.cpio', 'x'.repeat(512)),
  plain('initramfs/3-agent.cpio', 'y'.repeat(1300)),
  plain('evidence/console.log', ''),
  plain('scenarios/cpu/shares.spec.ts', 'it();\n'),
  plain('scenarios/support/guest.ts', 'export {};\n'),
];
