import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const expected = JSON.parse(readFileSync(new URL('public-names.json', import.meta.url), 'utf8'));

for (const [entryPoint, names] of Object.entries(expected)) {
  const exported = await import(entryPoint);
  assert.deepEqual(Object.keys(exported).sort(), names, `import of ${entryPoint}`);
}
