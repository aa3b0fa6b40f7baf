/** What shows whose output a line is where several containers print to one log. */
import { behind, type Envelope, type Sender } from './opened.ts';
import { ISO_TIME } from './times.ts';

const container = ([, name = '']: RegExpExecArray): Sender => ({ writer: name, channel: name });

/**
 * docker compose, docker service logs, nerdctl: names are padded to the longest. Where there is no
 * more than a space, only a number at the end tells a container's name from a word.
 */
const COMPOSE = behind(/^([A-Za-z0-9][\w.@-]{0,126}) {2,}\| ?/, container);
const NUMBERED = behind(/^([A-Za-z0-9][\w.@-]{0,126}[-_.]\d{1,4}) \| ?/, container);
/** kubectl logs --prefix; of several pods. */
const KUBECTL = behind(/^\[(pod\/[\w.-]{1,253}\/[\w.-]{1,253})\] ?/, container);
const POD = behind(/^(pod\/[\w.-]{1,253} [\w.-]{1,253}) /, container);
/** stern: pods end in five characters out of a few, none a vowel (apimachinery, util/rand). */
const STERN = behind(
  /^([a-z0-9][a-z0-9.-]{0,252}-[b-df-hj-np-tv-xz2-9]{5} [a-z0-9-]{1,63}) (?:[›│|] ?)?/,
  container,
);
/** The kubelet's files: time, stream, and whether the line is whole. */
export const CRI = behind(
  new RegExp(String.raw`^${ISO_TIME} (?:stdout|stderr) [FP](?::\S{1,64})?(?: |$)`),
);
/** Xen's console: which domain printed it. */
export const XEN = behind(/^\((XEN|d\d{1,5})\) /, container);

export const CONTAINERS: readonly Envelope[] = [COMPOSE, NUMBERED, POD, STERN];
export const BRACKETED_CONTAINERS: readonly Envelope[] = [KUBECTL];
