/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** The key, or the name that is not known. */
  readonly name: string
  /** As given; masked when the entry is a secret; undefined when nothing was given. */
  readonly value: string | undefined
  readonly expected: string
  /** Where the value came from, or where it can be given. */
  readonly source: string
}

/** Everything wrong with the configuration, at once. A process that meets it ends with `exitCode` (EX_CONFIG). */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]
  readonly exitCode = 78

  constructor(problems: readonly ConfigProblem[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  ${lineOf(problem)}`)].join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

function lineOf({ name, value, expected, source }: ConfigProblem): string {
  return value === undefined
    ? `${name}: ${expected} (${source})`
    : `${name}: got ${value} (${source}), expected ${expected}`
}
