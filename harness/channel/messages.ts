/** What host and guest tell each other. What the guest says is checked before it is believed. Source: docs/guest-protocol.md. */
import { z } from 'zod';

export const PROTOCOL_VERSION = 1;

const hello = z.object({
  type: z.literal('hello'),
  protocol: z.literal(PROTOCOL_VERSION),
  release: z.string(),
  uptimeMs: z.number(),
});

const response = z.object({
  type: z.literal('response'),
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

const heartbeat = z.object({
  type: z.literal('event'),
  name: z.literal('heartbeat'),
  uptimeMs: z.number(),
});

const processEnd = { code: z.number().nullable(), signal: z.string().nullable() };

const agentExit = z.object({
  type: z.literal('event'),
  name: z.literal('agent-exit'),
  pid: z.number(),
  ...processEnd,
});

export const guestMessage = z.union([hello, response, heartbeat, agentExit]);
export type GuestMessage = z.infer<typeof guestMessage>;
export type Hello = z.infer<typeof hello>;
export type AgentExit = z.infer<typeof agentExit>;

/** A guest may send frames of 4 MiB, but what ends up in reports must have a readable size. */
const word = z.string().max(256);
const words = z.array(word).max(256);

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** Result of each method, by its name. */
export const results = {
  facts: z.object({
    release: word,
    // arch/x86/include/asm/setup.h: COMMAND_LINE_SIZE
    cmdline: z.string().max(2048),
    cpus: z.number(),
    memoryMib: z.number(),
    v1Mounts: z.record(word, word),
    v2Controllers: words,
    procCgroups: z.array(
      z.object({ name: z.string(), hierarchy: z.number(), enabled: z.boolean() }),
    ),
    disagreements: words,
    configGz: bytes.optional(),
  }),
  'mount-cgroups': z.object({
    controllers: words,
    mounts: z.array(z.object({ path: z.string(), type: z.string(), options: z.string() })),
  }),
  'start-agent': z.object({ pid: z.number() }),
  relay: z.object({
    state: z.enum(['no-host', 'connecting', 'open', 'closed-by-agent']),
    connections: z.number(),
    toAgentBytes: z.number(),
    toHostBytes: z.number(),
    problem: z.string().optional(),
  }),
  drain: z.object({
    stdoutBytes: z.int().nonnegative(),
    stderrBytes: z.int().nonnegative(),
    tainted: z.int().nonnegative(),
    consoleLogLevel: z.int().nonnegative(),
    initialLogLevel: z.int().nonnegative(),
  }),
  run: z.object({
    ...processEnd,
    stdout: bytes,
    stderr: bytes,
    truncated: z.boolean(),
    timedOut: z.boolean(),
  }),
  'read-file': z.object({ data: bytes, truncated: z.boolean() }),
  'write-file': z.object({}).nullish(),
  'list-directory': z.object({
    entries: z.array(
      z.object({ name: z.string(), kind: z.enum(['file', 'directory', 'link', 'other']) }),
    ),
  }),
  processes: z.object({
    processes: z.array(
      z.object({
        pid: z.number(),
        parent: z.number(),
        name: z.string(),
        state: z.string(),
        threads: z.number(),
        cgroups: z.array(z.string()),
        cpusAllowed: z.string(),
      }),
    ),
  }),
  kill: z.object({}).nullish(),
  'install-file': z.object({}).nullish(),
  'prepare-to-save': z.object({ uptimeMs: z.number() }),
  restored: z.object({}).nullish(),
} as const satisfies Record<keyof Params, z.ZodType>;

type NoParams = Record<string, never>;
/** Bytes travel as base64. */
type Base64 = string;

/** Parameters of each method, by its name. The guest refuses any others. */
interface Params {
  facts: NoParams;
  'mount-cgroups': {
    readonly mode: 'v1' | 'hybrid' | 'v2';
    readonly leaveUnmounted?: readonly string[];
  };
  'start-agent': {
    readonly argv: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly socket: string;
  };
  relay: NoParams;
  drain: NoParams;
  run: {
    readonly argv: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly stdin?: Base64;
    readonly timeoutMs: number;
    readonly maxBytes: number;
  };
  'read-file': { readonly path: string; readonly maxBytes: number };
  'write-file': { readonly path: string; readonly data: Base64 };
  /** The piece itself is the request's attachment. */
  'install-file': { readonly path: string; readonly mode: number; readonly offset: number };
  'list-directory': { readonly path: string };
  processes: NoParams;
  kill: { readonly pids: readonly number[] };
  'prepare-to-save': NoParams;
  restored: { readonly unixTimeMs: number; readonly seed: Base64 };
}

export type Method = keyof typeof results;
export type ParamsOf<M extends Method> = Params[M];
export type ResultOf<M extends Method> = z.infer<(typeof results)[M]>;
