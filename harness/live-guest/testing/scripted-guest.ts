/** Guests for a scripted machine: an init and an agent that answer whatever bring-up asks. */

import { gzipSync } from 'node:zlib';
import * as health from '../../agents/kata/generated/health_pb.js';
import { hearCalls } from '../../agents/testing/scripted-agent.ts';
import { type Connection, openConnection } from '../../channel/connection.ts';
import type { Method, ResultOf } from '../../channel/messages.ts';
import type { Script, ScriptedGuest } from '../../machine/scripted/scripted-machine.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { probedFacts } from '../../testing/probed-facts.ts';

export interface ScriptedInit {
  /** It continues from a template: init and agent are up. */
  readonly isRestored?: boolean;
  /** The kernel release that the guest reports. */
  readonly release?: string;
  /** What it says to have been up for when it says hello. Default: 1. */
  readonly uptimeMs?: number;
  /** What it waits for before it says hello, or answers a request to init or a health call. */
  readonly before?: (step: ScriptedStep) => Promise<unknown> | undefined;
  /** What it answers to `drain`; by default no output and an untainted kernel. */
  readonly drain?: Partial<ResultOf<'drain'>>;
  /** Receives a function that sends further messages from init. */
  readonly onOpen?: (send: (message: object) => Promise<void>) => void;
  /** In its `/proc/config.gz`; absent: it has none. */
  readonly config?: string;
  /** Called with each request once it has been answered. */
  readonly onAnswered?: (method: Method) => void;
}

export type ScriptedStep = Method | 'hello' | 'health';

const { SERVING } = health.HealthCheckResponse_ServingStatus;
const AGENT_PID = 7;

/** A guest that comes up and lives until it is killed. */
export function healthyGuest(init: ScriptedInit = {}): Script {
  return (guest) => {
    serveHealth(guest, init);
    answerRequests(guest, init);
    return new Promise(() => {});
  };
}

function serveHealth({ agent }: ScriptedGuest, { before }: ScriptedInit): void {
  agent.on('connection', (socket) => {
    void hearCalls(socket, async (call) => {
      await before?.('health');
      call.answer(health.HealthCheckResponseSchema, { status: SERVING });
    });
  });
}

/** The request without its attachment, which follows a zero byte. */
function parseRequest(payload: Buffer): unknown {
  const end = payload.indexOf(0);
  return JSON.parse(payload.toString('utf8', 0, end === -1 ? payload.length : end));
}

interface Request {
  readonly id: number;
  readonly method: Method;
}

function answerRequests({ control }: ScriptedGuest, init: ScriptedInit): void {
  const { isRestored = false, release = '6.12.0', before, onAnswered } = init;
  const answers: Partial<Record<Method, object>> = {
    facts: {
      ...{ release, cmdline: 'console=ttyS0', cpus: 2, memoryMib: 256 },
      ...{ v2Controllers: ['memory'], ...probedFacts() },
      ...omitUndefined({ configGz: init.config && gzipSync(init.config).toString('base64') }),
    },
    'mount-cgroups': { controllers: ['memory'], mounts: [] },
    'start-agent': { pid: AGENT_PID },
    relay: { state: 'no-host', connections: 1, toAgentBytes: 0, toHostBytes: 0 },
    processes: { processes: [] },
    drain: {
      ...{ stdoutBytes: 0, stderrBytes: 0 },
      ...{ tainted: 0, consoleLogLevel: 7, initialLogLevel: 7 },
      ...init.drain,
    },
    'prepare-to-save': { uptimeMs: 1 },
  };
  const hello = { type: 'hello', protocol: 1, release, uptimeMs: init.uptimeMs ?? 1 };
  let connection = open();

  function open(): Connection {
    return openConnection(control, (message) => void answer(message as Request), parseRequest);
  }

  /** A host that has ended the guest meanwhile receives nothing more. */
  const send = (message: object): Promise<void> => connection.send(message).catch(() => {});

  async function sayHello(): Promise<void> {
    await before?.('hello');
    await send(hello);
  }

  async function answer({ id, method }: Request): Promise<void> {
    await before?.(method);
    await send({ type: 'response', id, result: answers[method] ?? {} });
    onAnswered?.(method);
    // Once it is saved, it will speak to another host than now.
    if (method === 'prepare-to-save') {
      connection.leave();
      connection = open();
    }
    if (method === 'restored') await sayHello();
  }

  init.onOpen?.(send);
  if (!isRestored) void sayHello();
}
