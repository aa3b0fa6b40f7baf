import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Duplex, duplexPair, PassThrough, type Readable, type Writable } from 'node:stream';
import type { BootSpec, Instance, Machine, MachineExit, SavableInstance } from '../machine.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { waitUntilRead } from '../wait-until-read.ts';

/** The guest's ends of its ports. */
export interface ScriptedGuest {
  readonly console: Writable;
  readonly agentStdout: Writable;
  readonly agentStderr: Writable;
  readonly control: Duplex;
  /** Emits `connection` with a socket each time the host connects to the agent. */
  readonly agent: Server;
  /** Emits `connection` with a socket each time the host connects to a tool. */
  readonly tool: Server;
  /** Aborted when the host ends the guest. */
  readonly killed: AbortSignal;
}

/**
 * Plays a guest from power-on. Its promise resolves when the guest ends by itself, with whatever is
 * special about that end; a guest that lives until it is killed returns a promise that never
 * settles.
 */
export type Script = (guest: ScriptedGuest, spec: BootSpec) => Promise<Partial<MachineExit>>;

/** Larger than any process id (kernel include/linux/threads.h), so that a kill hits nobody. */
const NO_PROCESS = 4 * 1024 * 1024 + 1;
const STATE_FILE = 'state';

/**
 * A machine whose guests are scripts, for tests of the rooms above machines: the same interface,
 * recorded consoles, and ends that no real guest produces at will. An error that the script throws
 * rejects `boot` if it is thrown synchronously, else `exited`.
 */
export function createScriptedMachine(script: Script): Machine {
  return { boot: (spec) => bootScript(script, spec) };
}

/** The same for guests that can be saved: a template is an empty file. */
export function withScriptedTemplates(machine: Machine, restored: Script): Machine {
  const resume = async (spec: BootSpec, template: string): Promise<SavableInstance> => {
    await access(join(template, STATE_FILE));
    return savable(await bootScript(restored, spec));
  };
  return {
    ...machine,
    templates: {
      boot: async (spec) => savable(await machine.boot(spec)),
      branch: resume,
      restore: resume,
      identity: () => 'scripted',
    },
  };
}

function savable(instance: Instance): SavableInstance {
  return {
    ...instance,
    pause: async () => {},
    save: (folder) => writeFile(join(folder, STATE_FILE), ''),
    resume: async () => {},
  };
}

async function bootScript(script: Script, spec: BootSpec): Promise<Instance> {
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(await makePrivateDirectory());
  const agentSocket = directory.socketPath('agent');
  const agent = await serve(agentSocket, resources);
  const toolSocket = directory.socketPath('tool');
  const tool = await serve(toolSocket, resources);
  const [control, guestControl] = duplexPair();
  const streams = {
    console: new PassThrough(),
    agentStdout: new PassThrough(),
    agentStderr: new PassThrough(),
    control,
  };
  resources.defer(() => {
    for (const stream of Object.values(streams)) stream.destroy();
  });
  const end = Promise.withResolvers<Partial<MachineExit>>();
  const killed = new AbortController();
  const played = script(
    { ...streams, control: guestControl, agent, tool, killed: killed.signal },
    spec,
  );
  const exited = Promise.race([played, end.promise]).then(async (how) => {
    for (const stream of [
      streams.console,
      streams.agentStdout,
      streams.agentStderr,
      guestControl,
    ]) {
      stream.end();
    }
    await Promise.all(Object.values(streams).map((stream: Readable) => waitUntilRead(stream)));
    return { code: 0, signal: null, requested: false, stderr: '', ...how };
  });
  resources.defer(() => {
    end.resolve({ code: null, signal: 'SIGKILL', requested: true });
    killed.abort();
  });
  const owned = resources.move();
  return {
    ...streams,
    pid: NO_PROCESS,
    agentSocket,
    toolSocket,
    commandLine: ['scripted'],
    executor: { accelerator: 'scripted', version: '0' },
    exited,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function serve(path: string, resources: AsyncDisposableStack): Promise<Server> {
  const connections = new Set<Socket>();
  const server = createServer((connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  server.listen(path);
  await once(server, 'listening');
  resources.defer(async () => {
    server.close();
    for (const connection of connections) connection.destroy();
    await once(server, 'close');
  });
  return server;
}
