const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** What a session was begun with, in words: a browser's long signature becomes "Firefox on Linux", other names stay. */
export function deviceWords(client: string): string {
  if (client === '') return 'Unknown device'
  const of = (known: readonly [RegExp, string][]) => known.find(([sign]) => sign.test(client))?.[1]
  const browser = of(browsers)
  if (!client.startsWith('Mozilla/') || browser === undefined) return client
  const system = of(systems)
  return system === undefined ? browser : `${browser} on ${system}`
}
