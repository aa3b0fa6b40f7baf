/**
 * Where an engine is looked for, and why none answers there. testcontainers finds engines by itself,
 * but keeps quiet about the reasons, and takes another engine if the one that DOCKER_HOST names does
 * not answer.
 */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What keeps an engine from being used, in words for people. */
export interface EngineLack {
  /** One line, without a full stop. */
  readonly found: string;
  readonly remedy: string;
}

/** Of a unix socket: whether a program accepts connections there, and from this user. */
type SocketState = 'answers' | 'absent' | 'forbidden' | 'closed';

type Environment = Readonly<Record<string, string | undefined>>;

const START = 'start it: sudo systemctl start docker (without systemd: sudo service docker start)';
const UNSET = 'or unset DOCKER_HOST, so that the engine at the usual place is used';

/** The path of the socket that DOCKER_HOST names; undefined if it names none. */
export function namedSocket({ DOCKER_HOST = '' }: Environment): string | undefined {
  return /^unix:\/\/(\/.+)$/s.exec(DOCKER_HOST)?.[1];
}

/**
 * Why the engine that DOCKER_HOST names cannot be used; undefined if it can, or if it names none.
 * Only unix sockets will do: guests are reached through sockets and files of this host.
 */
export async function namedEngineLack(env: Environment): Promise<EngineLack | undefined> {
  const named = env.DOCKER_HOST;
  if (named === undefined || named === '') return undefined;
  const path = namedSocket(env);
  if (path !== undefined) {
    const state = await socketState(path);
    return state === 'answers'
      ? undefined
      : lackOf(path, state, `start the engine that DOCKER_HOST names, ${UNSET}`);
  }
  const isRemote = /^(tcp|https?|ssh):\/\/./.test(named);
  return {
    found: isRemote
      ? `DOCKER_HOST names an engine that may be on another host (${named}): guests in its containers could not be reached`
      : `DOCKER_HOST is ${JSON.stringify(named)}, which is not the address of a socket`,
    remedy: `set DOCKER_HOST to the socket of an engine on this host, such as unix:///var/run/docker.sock, ${UNSET}`,
  };
}

/** Why no engine answers at the usual places: of the socket that is there, or that there is none. */
export async function usualEngineLack(env: Environment): Promise<EngineLack> {
  const path = usualSockets(env).find((socket) => existsSync(socket));
  if (path !== undefined) {
    const state = await socketState(path);
    return state === 'answers' ? silentEngineLack(path) : lackOf(path, state, START);
  }
  const podman = podmanSockets(env).find((socket) => existsSync(socket));
  if (podman !== undefined) {
    const remedy = `to use it: export DOCKER_HOST=unix://${podman}`;
    return { found: `no Docker; Podman listens at ${podman}`, remedy };
  }
  return {
    found: 'none listens at the usual places, and DOCKER_HOST names none',
    remedy:
      'not needed for guests in QEMU; for containers: scripts/setup containers, or docs/engines.md',
  };
}

/** Of a socket where something listens, but not an engine, or one that is in trouble. */
export function silentEngineLack(path: string): EngineLack {
  return {
    found: `what listens at ${path} does not answer as an engine does`,
    remedy: 'look at the log of the engine, and restart it',
  };
}

function lackOf(path: string, state: Exclude<SocketState, 'answers'>, start: string): EngineLack {
  switch (state) {
    case 'absent':
      return { found: `${path} is not there`, remedy: start };
    case 'closed':
      return { found: `nobody listens at ${path}`, remedy: start };
    case 'forbidden':
      return {
        found: `this user may not use ${path}`,
        remedy:
          'sudo usermod --append --groups docker USER, then log in again (such a user is as good as root); or use rootless Podman: docs/engines.md',
      };
  }
}

/** In testcontainers' order: container-runtime/strategies of its package. */
function usualSockets({ XDG_RUNTIME_DIR }: Environment): readonly string[] {
  return [
    '/var/run/docker.sock',
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'docker.sock')]),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    `/run/user/${process.getuid?.()}/docker.sock`,
  ];
}

function podmanSockets({ XDG_RUNTIME_DIR }: Environment): readonly string[] {
  return [
    join(XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ];
}

function socketState(path: string): Promise<SocketState> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('answers');
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EACCES' || code === 'EPERM') resolve('forbidden');
      else resolve(code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'closed');
    });
  });
}
