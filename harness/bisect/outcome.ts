/**
 * How a measured kernel came out. `bad`: the test fails with the signature that is looked for. `good`: it
 * passes. `unclear`: anything else, such as a kernel that does not build or boot, or another signature;
 * it counts for neither side.
 */
export const OUTCOMES = ['good', 'bad', 'unclear'] as const;
export type Outcome = (typeof OUTCOMES)[number];
