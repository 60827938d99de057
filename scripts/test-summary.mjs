// node scripts/test-summary.mjs REPORT.json: the counts of a vitest JSON report on one line.
// Exits 1 when something failed, or when nothing ran: an empty run proves nothing.
import { readFileSync } from 'node:fs';

const { passed, failed, skipped } = count(readReport(process.argv[2]));
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function count(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // A file that did not load has no tests that could fail: it counts as one itself.
  const broken = report.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function hasFailedTest(file) {
  return file.assertionResults.some(({ status }) => status === 'failed');
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // vitest died before it could write one
  }
}
