// Prints one plain line about a run of vitest from its JSON report.
import { readFileSync } from 'node:fs';

const { passed, failed } = count(process.argv[2]);
console.log(`${passed} passed, ${failed} failed`);

function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`There is no report of the tests: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
  // A file that could not be loaded has failed without a failed test.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}
