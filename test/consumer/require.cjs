const assert = require('node:assert/strict');
const expected = require('./public-names.json');

async function main() {
  for (const [entryPoint, names] of Object.entries(expected)) {
    const required = require(entryPoint);
    const missing = names.filter((name) => required[name] === undefined);
    assert.deepEqual(missing, [], `require of ${entryPoint}`);

    // One copy, whichever way it was loaded: otherwise an error of the one would not be an instance of the other's class.
    const imported = await import(entryPoint);
    for (const name of names) assert.equal(required[name], imported[name], name);
  }
  console.log(`dynamic-suite ${require('dynamic-suite/package.json').version} on node ${process.version}`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
