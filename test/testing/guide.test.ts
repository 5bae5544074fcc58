import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const guide = readFileSync(new URL('../../docs/test-your-lab-script.md', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const folder = new URL('../../examples/recipes/', import.meta.url);
const recipes = readdirSync(folder);

test.each(recipes)('the guide shows %s as it is run', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  expect(guide).toContain(`\`\`\`ts\n// examples/recipes/${name}\n${text}\`\`\``);
});

test('the guide shows no program that is not run', () => {
  const shown = [...guide.matchAll(/```ts\n(.*)/g)].map(([, line]) => line);
  expect(shown.sort()).toEqual(recipes.map((name) => `// examples/recipes/${name}`).sort());
});

test.each(recipes)('%s is short', (name) => {
  expect(readFileSync(new URL(name, folder), 'utf8').split('\n').length - 1).toBeLessThan(25);
});

test("the README's test of a script is the recipe of a retry", () => {
  const section = readme.slice(readme.indexOf('## Test your script'));
  const shown = /```ts\n([^]*?)```/.exec(section)?.[1];
  expect(shown).toBe(readFileSync(new URL('a-retry.test.ts', folder), 'utf8'));
});
