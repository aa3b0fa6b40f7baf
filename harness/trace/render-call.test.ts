import { expect } from 'chai';
import { renderCall } from './render-call.ts';
import type { TracedCall } from './traced-call.ts';

const CALL = { number: 3, call: 'CreateContainer', atMs: 12 } as const;
const render = (rest: Omit<TracedCall, keyof typeof CALL>, lengthMax = 200) =>
  renderCall({ ...CALL, ...rest }, lengthMax);

describe('a call for people', () => {
  it('has its request, and how it ended', () => {
    expect(render({ state: 'begin', request: { containerId: 'c1' } })).to.equal(
      '3 CreateContainer {"containerId":"c1"}',
    );
    expect(render({ state: 'answered', answer: {}, afterMs: 5 })).to.equal(
      '3 CreateContainer answered after 5 ms',
    );
    const error = { code: 'INTERNAL', message: 'no cpuset\nCaused by:\n  v1' };
    expect(render({ state: 'refused', error, afterMs: 5 })).to.equal(
      '3 CreateContainer refused after 5 ms: INTERNAL: no cpuset Caused by: v1',
    );
    expect(render({ state: 'timeout', afterMs: 9000 })).to.equal(
      '3 CreateContainer got no answer in 9000 ms, its limit',
    );
    expect(render({ state: 'lost', afterMs: 33 })).to.equal(
      '3 CreateContainer got no answer: its connection ended after 33 ms',
    );
  });

  it('leaves out what is empty, and of long lists all but their length', () => {
    const request = {
      ...{ containerId: 'c1', user: {}, names: [], process: { Args: ['/bin/workload', 'exit'] } },
      Mounts: [{ destination: '/proc', source: 'proc', type: 'proc' }, {}],
    };
    expect(render({ state: 'begin', request })).to.equal(
      '3 CreateContainer {"containerId":"c1","process":{"Args":["/bin/workload","exit"]},"Mounts":[2 items]}',
    );
  });

  it('is one printable line of limited length, whatever the agent says', () => {
    const request = { containerId: '\u001b[2Jx\n'.repeat(1000) };
    const line = render({ state: 'begin', request }, 80);
    expect(line).to.have.length.at.most(80);
    const error = { code: 'X', message: '\u001b]0;title\u0007boom\r\nmore' };
    expect(render({ state: 'refused', error, afterMs: 0 })).to.match(/^[ -~]*boom more$/);
  });
});
