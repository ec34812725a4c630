/** So many requests in so long a time; the count starts again when the time is over. */
export interface Limit {
  readonly points: number
  readonly perMs: number
}

/** `ip`, `signUp`, `signIn` and `refresh` are counted by address (IPv6 by its /64), `user` and `post` by person. */
export interface HttpLimits {
  readonly ip: Limit
  readonly user: Limit
  readonly signUp: Limit
  readonly signIn: Limit
  readonly refresh: Limit
  readonly post: Limit
}

export interface HttpApiConfig {
  readonly info: { readonly name: string; readonly version: string; readonly wireVersion: number }
  /** Told to clients; the post service holds it. */
  readonly postMaxGraphemes: number
  readonly signUpOpen: boolean
  /** Origins of other sites whose pages may call this API, exactly as browsers send them: `https://app.example`. */
  readonly origins: readonly string[]
  /** As express takes it: how many proxies stand in front, or their addresses. False when none does. */
  readonly trustProxy: boolean | number | readonly string[]
  /** How long the services together may take for one request. */
  readonly deadlineMs: number
  readonly maxBodyBytes: number
  /** The folder of the built web page. Without it there is only the API. */
  readonly webRoot?: string
  readonly limits: HttpLimits
}

const minuteMs = 60_000

/** Everything but who the server is. */
export const httpApiDefaults = {
  postMaxGraphemes: 1_000,
  signUpOpen: true,
  origins: [],
  trustProxy: false,
  deadlineMs: 10_000,
  maxBodyBytes: 65_536,
  limits: {
    ip: { points: 3_000, perMs: minuteMs },
    user: { points: 1_200, perMs: minuteMs },
    signUp: { points: 30, perMs: 60 * minuteMs },
    signIn: { points: 60, perMs: 5 * minuteMs },
    refresh: { points: 120, perMs: minuteMs },
    post: { points: 120, perMs: minuteMs },
  },
} as const satisfies Omit<HttpApiConfig, 'info'>
