/** How often a number of candidates is halved until one is left: as many kernels are measured. */
export function halvings(candidates: number): number {
  return Math.ceil(Math.log2(Math.max(candidates, 1)));
}
