/** The form of the logs that a report's page carries, deflated and in base64, in inert elements. */

/** The logs of some guests of one cell. By number, or `template` for what its guests were restored from. */
export type PackedGuests = Readonly<Record<string, PackedGuest>>;

export interface PackedGuest {
  /** One line: how it started and ended. */
  readonly about: string;
  readonly logs: readonly PackedLog[];
}

export interface PackedLog {
  /** As in addresses: `console`, `agent-stderr`, `agent-stdout`, `picture`, `command`. */
  readonly name: string;
  /** Of the file, as seen from the page; absent if there is none to link. */
  readonly href?: string;
  /** How many lines the file has. */
  readonly lines: number;
  /** Its lines, or as many of them as there is room for: the number of the first of each part, counted from 1, and their text. */
  readonly parts: readonly (readonly [first: number, text: string])[];
  readonly marks: readonly PackedMark[];
}

/** A finding. */
export interface PackedMark {
  readonly title: string;
  readonly first: number;
  readonly last: number;
  /** The line that says it. */
  readonly deciding: number;
}
