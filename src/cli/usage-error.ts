/** Input that cannot be used: said in one line, exit 2, nothing sent. */
export class UsageError extends Error {
  /**
   * @param what the option or argument, as given
   * @param why it cannot be used
   * @param hint what to do
   */
  constructor(what: string, why: string, hint: string) {
    super(`${what}: ${why}; ${hint}`);
    this.name = 'UsageError';
  }
}
