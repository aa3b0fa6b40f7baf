import { expect } from 'chai';
import { parseRetryCommand, RETRY_HELP } from './retry-command.ts';

describe('a command of --rewind', () => {
  it('tries again, with other values or another request', () => {
    expect(parseRetryCommand(' again ')).to.deep.equal({ kind: 'try', changes: [] });
    expect(parseRetryCommand('set linux.resources.cpu.quota=-1')).to.deep.equal({
      kind: 'try',
      changes: [{ path: 'linux.resources.cpu.quota', text: '-1' }],
    });
    expect(parseRetryCommand('set process.args=["a", "b"] a.b=x=y')).to.deep.equal({
      kind: 'try',
      changes: [
        { path: 'process.args', text: '["a", "b"]' },
        { path: 'a.b', text: 'x=y' },
      ],
    });
    expect(parseRetryCommand('request my request.json')).to.deep.equal({
      ...{ kind: 'try', changes: [], file: 'my request.json' },
    });
  });

  it('chooses the call, and the agent', () => {
    expect(parseRetryCommand('call 12')).to.deep.equal({ kind: 'call', number: 12 });
    expect(parseRetryCommand('agent ./kata-agent')).to.deep.equal({
      ...{ kind: 'agent', path: './kata-agent' },
    });
    expect(parseRetryCommand('agent')).to.deep.equal({ kind: 'agent' });
  });

  it('that is none says what was expected', () => {
    for (const line of ['call', 'call x', 'call 0', 'set', 'set quota', 'request', 'retry']) {
      expect(parseRetryCommand(line), line).to.have.property('kind', 'wrong');
    }
    expect(parseRetryCommand('set quota')).to.have.property('why').that.includes("found 'quota'");
    expect(parseRetryCommand('')).to.deep.equal({ kind: 'nothing' });
  });

  it('is known if help names it', () => {
    for (const [usage] of RETRY_HELP) {
      const line = usage.replace('FIELD=VALUE …', 'a=b').replace(/\bN$/, '1');
      expect(parseRetryCommand(line), usage).not.to.have.property('kind', 'wrong');
    }
  });
});
