/** The headers of a request: later sets go before earlier ones. Names in any case; in lower case in what is returned. */
export function joinHeaders(
  ...sets: readonly (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  const joined: Record<string, string> = { 'user-agent': 'dynamic-suite' };
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) joined[name.toLowerCase()] = value;
  }
  return joined;
}
