const common = new Set(
  `0123456789 1234567890 0987654321 1q2w3e4r5t 1qaz2wsx3edc abcdefghij abcdefghijkl administrator changeme123
  iloveyou123 letmein123 liverpool1 passw0rd123 password01 password10 password12 password123 password1234
  password12345 qwerty12345 qwerty123456 qwertyuiop qwertyuiop123 superman123 welcome123 12345678910
  123456789a a123456789 1122334455 9876543210 zaq12wsxcde3`.split(/\s+/),
)

/** Why this password may not be chosen, for the person who chooses it; null when it may. Length is the schema's matter. */
export function passwordProblem(password: string, handle: string): string | null {
  const folded = password.toLowerCase()
  if (new Set(folded).size < 4) return 'must have more different characters'
  if (common.has(folded)) return 'is one of the first that others would try'
  if (folded.replaceAll(handle, '').length < 4) return 'must not be made of the handle'
  return null
}
