/**
 * What host and guest tell each other. What the guest says is checked before it is believed, and
 * every text, list and map in it has a limit. Source: docs/guest-protocol.md.
 */
import { z } from 'zod';
import {
  bareFactsSchema,
  guestCount,
  guestName,
  guestNames,
  probedFactsSchema,
} from '../guest-facts.ts';
import { cut } from '../text.ts';

export const PROTOCOL_VERSION = 1;

/** Text for people, cut to a readable length. It may quote what the host sent. */
const message = z.string().transform((text) => cut(text, 1000));
/** A path of at most PATH_MAX, or a line of /proc/PID/cgroup. */
const path = z.string().max(4096);

const hello = z.object({
  type: z.literal('hello'),
  protocol: z.literal(PROTOCOL_VERSION),
  release: guestName,
  uptimeMs: guestCount,
});

const response = z.object({
  type: z.literal('response'),
  id: guestCount,
  result: z.unknown().optional(),
  error: z.object({ code: guestName, message }).optional(),
});

const heartbeat = z.object({
  type: z.literal('event'),
  name: z.literal('heartbeat'),
  uptimeMs: guestCount,
});

const processEnd = {
  code: z.int().nullable(),
  /** `SIGKILL`, and `SIG34` for one without a name. */
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9]{1,16}$/)
    .nullable(),
};

const agentExit = z.object({
  type: z.literal('event'),
  name: z.literal('agent-exit'),
  pid: guestCount,
  ...processEnd,
});

const toolExit = z.object({
  type: z.literal('event'),
  name: z.literal('tool-exit'),
  pid: guestCount,
  ...processEnd,
  /** What has been read from its port by then, or is still on its way. */
  outputBytes: guestCount,
});

const event = z.discriminatedUnion('name', [heartbeat, agentExit, toolExit]);

export const guestMessage = z.discriminatedUnion('type', [hello, response, event]);
export type GuestMessage = z.infer<typeof guestMessage>;
export type Hello = z.infer<typeof hello>;
export type AgentExit = z.infer<typeof agentExit>;
export type ToolExit = z.infer<typeof toolExit>;

/** The length of a frame limits these. */
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** Result of each method, by its name. */
export const results = {
  facts: z.object({
    ...bareFactsSchema.shape,
    ...probedFactsSchema.shape,
    configGz: bytes.optional(),
  }),
  'mount-cgroups': z.object({
    controllers: guestNames,
    mounts: z.array(z.object({ path, type: guestName, options: path })).max(256),
  }),
  'start-agent': z.object({ pid: guestCount }),
  relay: z.object({
    state: z.enum(['no-host', 'connecting', 'open', 'closed-by-agent']),
    connections: guestCount,
    toAgentBytes: guestCount,
    toHostBytes: guestCount,
    problem: message.optional(),
  }),
  drain: z.object({
    stdoutBytes: guestCount,
    stderrBytes: guestCount,
    tainted: guestCount,
    consoleLogLevel: guestCount,
    initialLogLevel: guestCount,
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
    entries: z
      .array(
        // NAME_MAX
        z.object({
          name: z.string().max(255),
          kind: z.enum(['file', 'directory', 'link', 'other']),
        }),
      )
      .max(65_536),
  }),
  processes: z.object({
    // As many as there are pids (include/linux/threads.h: PID_MAX_DEFAULT).
    processes: z
      .array(
        z.object({
          pid: guestCount,
          parent: guestCount,
          name: guestName,
          state: guestName,
          threads: guestCount,
          cgroups: z.array(path).max(64),
          cpusAllowed: path,
        }),
      )
      .max(32_768),
  }),
  kill: z.object({}).nullish(),
  'install-file': z.object({}).nullish(),
  'start-tool': z.object({ pid: guestCount }),
  'resize-tool': z.object({}).nullish(),
  'stop-tool': z.object({}).nullish(),
  'prepare-to-save': z.object({ uptimeMs: guestCount }),
  restored: z.object({}).nullish(),
} as const satisfies Record<keyof Params, z.ZodType>;

type NoParams = Record<string, never>;
/** Bytes travel as base64. */
type Base64 = string;

/** Of a terminal, in characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

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
  'start-tool': {
    readonly argv: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly terminal?: WindowSize;
  };
  'resize-tool': WindowSize;
  'stop-tool': NoParams;
  'prepare-to-save': NoParams;
  restored: { readonly unixTimeMs: number; readonly seed: Base64 };
}

export type Method = keyof typeof results;
export type ParamsOf<M extends Method> = Params[M];
export type ResultOf<M extends Method> = z.infer<(typeof results)[M]>;

/** The first mismatch, for people. A guest controls how many a ZodError lists. */
export function describeMismatch({ issues }: z.ZodError): string {
  const [first] = issues;
  return cut(`${first?.path.join('.') || 'it'}: ${first?.message}`, 200);
}
