/** Whose output a log is: a kernel's console, or what one program wrote. */
export const LOG_STREAMS = ['console', 'agent'] as const;
export type LogStream = (typeof LOG_STREAMS)[number];
