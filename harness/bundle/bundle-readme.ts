import type { BundleDescription } from './bundle-format.ts';

/** For whoever finds the folder and knows nothing of kmx. */
export function formatReadme(description: BundleDescription): string {
  const { kmx, test, cell, outcome, kernel, agent } = description;
  const how =
    agent.archive === undefined
      ? `  ./run.sh --agent FILE                the agent is not in here; its digest is
                                       ${agent.digest}`
      : '  ./run.sh                             with the agent that is in here\n  ./run.sh --agent FILE                with another one: does that still fail?';
  return `A failed test, with everything that it takes to see it again. kmx ${kmx} (kernel-matrix) wrote it.

  test     ${test.file}: ${test.title}
  cell     ${cell.id}
  kernel   Linux ${kernel.release} (${kernel.origin})
  result   ${outcome.verdict}${outcome.why === undefined ? '' : `: ${outcome.why}`}

With QEMU alone (apt-get install qemu-system-x86), from this folder:

${how}

With kmx, which runs the whole test and compares what comes of it:

  kmx reproduce FILE.kmx.tar.zst

  run.sh                 boots the guest and makes the recorded calls
  bundle.json            what the test was, how its guest is booted, the digest of each file
  kernel/                the kernel, and the configuration that it was built with
  initramfs/             one initramfs, in parts: init and kernel modules; the agent; what makes the calls
  scenarios/             the test's source
  evidence/              what was recorded: console, the agent's output, calls, result
`;
}
