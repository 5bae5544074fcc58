import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const expected = JSON.parse(readFileSync(new URL('public-names.json', import.meta.url), 'utf8'));

for (const [entryPoint, names] of Object.entries(expected)) {
  const exported = await import(entryPoint);
  const missing = names.filter((name) => exported[name] === undefined);
  assert.deepEqual(missing, [], `import of ${entryPoint}`);
}
