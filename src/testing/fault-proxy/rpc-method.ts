/** The method that a body of JSON-RPC names; undefined for any other body. */
export function rpcMethodOf(body: Buffer): string | undefined {
  if (body[0] !== openBrace || body.length > maxBytes) return undefined;
  try {
    const call: unknown = JSON.parse(body.toString());
    if (typeof call !== 'object' || call === null || !('method' in call)) return undefined;
    return typeof call.method === 'string' ? call.method : undefined;
  } catch {
    return undefined;
  }
}

const openBrace = 0x7b;
const maxBytes = 16 * 1024 * 1024;
