/** An error of the sink passes through the work on a unit marked, so that it is not taken for a bad unit. */
export class WriteFailure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}
