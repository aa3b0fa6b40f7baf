import { expect } from 'chai';
import { renderAgentLine } from './agent-line.ts';

describe('a line of an agent', () => {
  it('that is an entry of a JSON log is told by its level, its message and what is special', () => {
    const entry = {
      ...{ level: 'ERRO', msg: 'no such controller', name: 'kata-agent', pid: '143' },
      ...{ source: 'agent', subsystem: 'rpc', ts: '2026-11-30T17:46:50Z', version: '0.1.0' },
      ...{ controller: 'cpuset', tries: 2 },
    };
    expect(renderAgentLine(JSON.stringify(entry))).to.equal(
      'ERRO no such controller controller=cpuset tries=2',
    );
    expect(renderAgentLine('{"msg":"bare"}')).to.equal('bare');
  });

  it('that is anything else stays as it is', () => {
    for (const line of ['', 'thread panicked', '{', '{"msg":3}', '{"level":"INFO"}', '[1]']) {
      expect(renderAgentLine(line)).to.equal(line);
    }
  });
});
