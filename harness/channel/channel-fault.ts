import { InfraError } from '../errors.ts';

export type ChannelFaultKind = 'GARBLED' | 'OVERSIZED' | 'CUT' | 'CLOSED' | 'SILENT';

/**
 * The stream between host and guest cannot be used any more. Whether the host is at fault or the
 * guest has died is not known here: the console and the machine's exit decide.
 */
export class ChannelFault extends InfraError {
  readonly kind: ChannelFaultKind;

  constructor(kind: ChannelFaultKind, message: string, cause?: unknown) {
    super(`control channel: ${message}`, { code: `CHANNEL_${kind}`, cause });
    this.kind = kind;
  }
}

/** The guest answered a request with an error: `code` is an errno name, BAD_REQUEST or UNSUPPORTED. */
export class GuestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'GuestError';
    this.code = code;
  }
}

/** A request does not fit into a frame, and was not sent. The caller's fault, not the guest's. */
export class OversizedRequest extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'OversizedRequest';
  }
}
