/** Starts one container with one guest: sockets, container, and init's connections. */
import { setImmediate } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type GuestStreams, openGuestPorts } from '../guest-ports.ts';
import type { ContainerSpec, Instance } from '../machine.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import type { ContainerEnd } from './container-end.ts';
import { makeInstance } from './container-instance.ts';
import { type CellOptions, containerOptions } from './container-options.ts';
import { type ContainerProcess, createContainer } from './container-process.ts';
import type { ContainerSettings } from './container-settings.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { GuestConsole } from './guest-console.ts';
import { collectEarlyWords, connectionsOf } from './host-sockets.ts';
import { findOwnCgroups, OwnCgroups } from './own-cgroups.ts';
import { runCommand } from './run-command.ts';

/** Of Node's event loop: the four connections that may wait are accepted in as many at most. */
const ACCEPTING_TURNS = 4;

export async function startContainer(
  settings: ContainerSettings,
  spec: ContainerSpec,
): Promise<Instance> {
  const { engine, startTimeoutMs, temporaryDirectory } = settings;
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(await makePrivateDirectory(temporaryDirectory));
  const sockets = await openGuestPorts(directory, resources);
  const { container, options } = await create(settings, spec, directory.path);
  // Closed after the container has ended.
  const guestConsole = resources.use(new GuestConsole(settings.kernelLog, container.id));
  // They are gone after the container is.
  const cgroups = resources.use(new OwnCgroups(settings.leftCgroups));
  resources.use(container);
  const commandLine = runCommand(engine.facts, options);
  const started = start(container, commandLine);
  const connecting = { started, streams: connectionsOf(sockets) };
  const earlyWords = collectEarlyWords(sockets);
  // Only then is it known what the container has said.
  const notStarted = (what: string): InfraError =>
    notStartedFault(what, commandLine, [container.output(), earlyWords()]);
  const [pid, streams] = await pTimeout(unlessEnded(container, connecting, notStarted), {
    milliseconds: startTimeoutMs,
    fallback: () => {
      throw notStarted(`init did not connect to the host within ${startTimeoutMs} ms`);
    },
  });
  cgroups.use(findOwnCgroups(pid, container.id));
  const facts = {
    pid,
    agentSocket: directory.socketPath('agent'),
    toolSocket: directory.socketPath('tool'),
    commandLine,
    executor: { accelerator: 'none', version: engine.facts.version } as const,
  };
  guestConsole.connect(streams.console, container.ended);
  return makeInstance({ container, guestConsole, cgroups, streams }, facts, resources.move());
}

interface Created {
  readonly container: ContainerProcess;
  readonly options: CellOptions;
}

/** Somebody may have removed the image since it was loaded: then it is loaded once more. */
async function create(
  settings: ContainerSettings,
  spec: ContainerSpec,
  ports: string,
): Promise<Created> {
  const { engine, images, owner, confinement, processLimits } = settings;
  for (let attempt = 1; ; attempt += 1) {
    const image = await images.provide(spec.layers);
    const options = containerOptions({
      ...{ image, owner, ports, confinement, processLimits },
      memoryMib: spec.memoryMib,
      ...omitUndefined({ share: spec.share }),
    });
    try {
      return { container: await createContainer(engine.client, options), options };
    } catch (error) {
      if (statusOf(error) !== 404 || attempt > 1) throw engineFault('create a container', error);
      images.forget(image);
    }
  }
}

async function start(container: ContainerProcess, commandLine: readonly string[]): Promise<number> {
  try {
    return await container.start();
  } catch (error) {
    const fault = engineFault('start a container', error);
    throw new InfraError(fault.message, {
      code: 'MACHINE_NOT_STARTED',
      ...(fault.remedy === undefined ? {} : { remedy: fault.remedy }),
      output: `Command: ${commandLine.join(' ')}`,
      cause: error,
    });
  }
}

interface Connecting {
  /** The process id, once the engine has started it. */
  readonly started: Promise<number>;
  readonly streams: Promise<GuestStreams>;
}

/**
 * Waits for both; rejects with an InfraError as soon as the container has ended without init having
 * connected. What becomes of a guest after that tells about the guest.
 */
async function unlessEnded(
  container: ContainerProcess,
  { started, streams }: Connecting,
  notStarted: (what: string) => InfraError,
): Promise<[number, GuestStreams]> {
  let isConnected = false;
  const connected = Promise.all([started, streams.finally(() => (isConnected = true))]);
  const ended = container.ended.then(async (end) => {
    // Connections that were made before the end may still wait to be accepted.
    for (let turn = 0; turn < ACCEPTING_TURNS && !isConnected; turn += 1) await setImmediate();
    if (end.kind === 'ended' && isConnected) return await connected;
    throw notStarted(describeEarlyEnd(end));
  });
  return await Promise.race([connected, ended]);
}

function describeEarlyEnd(end: ContainerEnd): string {
  if (end.kind === 'engine-lost') return end.why;
  const why = end.wasOutOfMemory ? ', out of memory' : '';
  return `the container ended with status ${end.status}${why} before init was connected`;
}

/** @param said By the container, wherever it could. */
function notStartedFault(
  what: string,
  commandLine: readonly string[],
  said: readonly string[],
): InfraError {
  return new InfraError(what, {
    code: 'MACHINE_NOT_STARTED',
    output: [...said, `Command: ${commandLine.join(' ')}`].filter(Boolean).join('\n'),
  });
}
