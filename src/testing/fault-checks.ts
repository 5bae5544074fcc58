import { LabDescriptionError } from './errors.js';
import type { FaultKind, LabFault } from './fault.js';
import type { ServiceName } from './http/lab-http.js';

/** Throws a LabDescriptionError that says all that is wrong with a fault. */
export function checkFault(fault: LabFault): void {
  const { service, kind, at = 1, count = 1, probability = 1, fromMs = 0, untilMs = Infinity, delayMs } = fault;
  const problems: string[] = [];
  const expect = (holds: boolean, option: string, expected: string, found: unknown) => {
    if (!holds) problems.push(`${option}: expected ${expected}, found ${String(found)}`);
  };
  const known: readonly string[] = kinds;
  expect(known.includes(kind), 'kind', kinds.join(', '), kind);
  expect(service === undefined || serviceNames.includes(service), 'service', serviceNames.join(', '), service);
  expect(isNumber(at) && at >= 1, 'at', 'a whole number above 0', at);
  expect(count === Infinity || (isNumber(count) && count >= 0), 'count', 'a whole number, or Infinity', count);
  expect(probability >= 0 && probability <= 1, 'probability', '0 to 1', probability);
  expect(fromMs >= 0 && Number.isFinite(fromMs), 'fromMs', 'milliseconds from now', fromMs);
  expect(untilMs > fromMs, 'untilMs', 'a time after fromMs', untilMs);
  if (kind === 'delay') {
    expect(delayMs !== undefined && delayMs >= 0 && Number.isFinite(delayMs), 'delayMs', 'milliseconds', delayMs);
  } else {
    expect(delayMs === undefined, 'delayMs', `none with the kind ${kind}`, delayMs);
  }
  if (problems.length > 0) throw new LabDescriptionError(`a fault makes no sense: ${problems.join('; ')}`);
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value);
}

const kinds: readonly FaultKind[] = [
  ...(['refuse', 'lose-answer', '502', '503', '504', 'html', 'garbage', 'truncate', 'delay', 'stall'] as const),
];

const serviceNames: readonly ServiceName[] = ['afe', 'tko', 'devServer', 'crashServer', 'labStatus'];
