import type { TestScript, TestSituation } from './outcome.js';
import { outcomeOf } from './outcome.js';

/**
 * A script that depends on the board, e.g. `byBoard({ lumpy: ['fail', 'good'], link: 'slow' })`.
 *
 * @param boards - a script by the board's name, without `board:`
 * @param otherwise - on any other board, and for jobs without a host; `'good'` unless given
 */
export function byBoard(boards: Readonly<Record<string, TestScript>>, otherwise: TestScript = 'good'): TestScript {
  return chosenBy((situation) => situation.board, boards, otherwise);
}

/**
 * A script that depends on the host, e.g. `byHost({ 'chromeos1-rack1-host3': 'machine-failure' })`.
 *
 * Which host a job gets depends on what else goes on in the lab.
 *
 * @param hosts - a script by the host's name; for a job on several hosts the first of them counts
 * @param otherwise - on any other host, and for jobs without one; `'good'` unless given
 */
export function byHost(hosts: Readonly<Record<string, TestScript>>, otherwise: TestScript = 'good'): TestScript {
  return chosenBy((situation) => situation.host, hosts, otherwise);
}

function chosenBy(
  placeOf: (situation: TestSituation) => string | null,
  scripts: Readonly<Record<string, TestScript>>,
  otherwise: TestScript,
): TestScript {
  const byPlace = new Map(Object.entries(scripts));
  return (situation) => outcomeOf(byPlace.get(placeOf(situation) ?? '') ?? otherwise, situation);
}
