/** Why a file, or the rest of it, could not be read as a log. A value of the file, not an error of kmx. */
export class LogFault extends Error {
  readonly problem: string;
  readonly remedy: string | undefined;
  /** It is a file of another kind, which among the logs of a folder is nothing to tell. */
  readonly isNoLog: boolean;

  constructor(
    problem: string,
    { remedy, isNoLog = false }: { readonly remedy?: string; readonly isNoLog?: boolean } = {},
  ) {
    super(problem);
    this.name = 'LogFault';
    this.problem = problem;
    this.remedy = remedy;
    this.isNoLog = isNoLog;
  }
}
