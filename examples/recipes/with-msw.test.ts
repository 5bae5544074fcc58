import { setupServer } from 'msw/node';
import { expect, test } from 'vitest';
import { smallLab } from 'dynamic-suite/testing';
import { labHandlers } from 'dynamic-suite/testing/msw';

/** The code under test, which knows no client of the package. */
async function mayStart(statusUrl: string): Promise<boolean> {
  const answer = await fetch(statusUrl);
  const { general_state: state } = (await answer.json()) as { readonly general_state: string };
  return state === 'open' || state === 'throttled';
}

test('nothing starts while the lab is closed', async () => {
  const lab = await smallLab().start();
  const server = setupServer(...labHandlers(lab));
  server.listen();
  lab.setStatus({ state: 'closed' });
  expect(await mayStart(lab.urls.labStatus)).toBe(false);
  server.close();
});
