/**
 * The guest, its agent or the channel to it is lost. The parent knows why; the test was
 * interrupted.
 */
export class GuestLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GuestLost';
  }
}
