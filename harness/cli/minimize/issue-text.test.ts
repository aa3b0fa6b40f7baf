import { expect } from 'chai';
import { issueText, requestsText } from './issue-text.ts';
import type { Minimized } from './minimized.ts';

const REQUEST = { containerId: 'c1', OCI: { Linux: { Resources: { CPU: {} } } } };
const FOUND: Minimized = {
  cell: 'debian-6.12+default+v1+unguarded',
  test: { file: 'cpu/quota.spec.ts', title: 'CPU quota › reaches the kernel' },
  verdict: 'agent-panic',
  title: 'called Option::unwrap() on a None value at unguarded.rs:73',
  signatures: ['s2-a93cd73b0867'],
  calls: [{ call: 'CreateContainer', request: REQUEST }],
  guest: { bootParameters: [], memoryMib: 112, cpus: 1 },
  versions: { 'guest kernel': '6.12.117', 'cgroup mode': 'v1', agent: 'unguarded (sha256:1)' },
  evidence: 'thread panicked\n```\n@everyone',
  tried: 60,
  isComplete: true,
  isGuestLeast: true,
};
const COMMAND = 'scripts/kmx reproduce panic-6.12';

describe('the text of an issue', () => {
  it('has title, versions, steps, the request, evidence and a command', () => {
    expect(issueText(FOUND, COMMAND).split('\n')).to.deep.equal([
      '# agent-panic: called Option::unwrap() on a None value at unguarded.rs:73',
      '',
      'One call to the agent shows it. Nothing of what follows can be left out: 60 variants were tried.',
      '',
      '## Versions',
      '',
      '- guest kernel: `6.12.117`',
      '- cgroup mode: `v1`',
      '- agent: `unguarded (sha256:1)`',
      '',
      '## Steps',
      '',
      '1. Start a guest with this kernel, 112 MiB of memory, 1 CPU and no special boot parameters.',
      '2. Mount its cgroups as v1, and start the agent.',
      '3. Make this call.',
      '',
      "`CreateContainer` of kata-agent's protocol, in protobuf's JSON form:",
      '',
      '```json',
      ...JSON.stringify(REQUEST, null, 2).split('\n'),
      '```',
      '',
      '## What happens',
      '',
      // What a guest says cannot end its block.
      '````',
      'thread panicked',
      '```',
      '@everyone',
      '````',
      '',
      'Signature: `s2-a93cd73b0867`',
      '',
      'With kernel-matrix:',
      '',
      '```',
      COMMAND,
      '```',
      '',
    ]);
  });

  it('numbers several calls, and says what an interrupt has left open', () => {
    const calls = [...(FOUND.calls ?? []), { call: 'StartContainer', request: {} }];
    const text = issueText({ ...FOUND, calls, isComplete: false, tried: 1 }, COMMAND);
    expect(text).to.include('2 calls to the agent show it. The search was interrupted, so less');
    expect(text).to.include('less may do: 1 variant was tried.');
    expect(text).to.include('3. Make these calls, one after the other.');
    expect(text).to.include("2: `StartContainer` of kata-agent's protocol");
    expect(JSON.parse(requestsText(calls))).to.deep.equal([
      { CreateContainer: REQUEST },
      { StartContainer: {} },
    ]);
    expect(JSON.parse(requestsText(FOUND.calls ?? []))).to.deep.equal(REQUEST);
  });

  it('does not say more than was tried', () => {
    const text = issueText({ ...FOUND, isGuestLeast: false }, COMMAND);
    expect(text).to.include('it. Nothing in what is sent can be left out: 60 variants were tried.');
    const { calls: _, ...rest } = FOUND;
    expect(issueText({ ...rest, isGuestLeast: false }, COMMAND)).not.to.include('left out');
  });

  it('names the test where its calls alone are not enough', () => {
    const { calls: _, guest: __, ...rest } = FOUND;
    const text = issueText({ ...rest, evidence: 'line\n'.repeat(100) }, COMMAND);
    expect(text).to.include(
      'The test `cpu/quota.spec.ts: CPU quota: reaches the kernel` shows it in the cell',
    );
    expect(text)
      .to.include('1. Start a guest with this kernel.\n')
      .and.to.include('3. Run the test.');
    expect(text).to.include('… 61 lines more');
  });
});
