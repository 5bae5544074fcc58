import { expect, test } from 'vitest';
import { HttpAfeClient, reimageAndRun } from 'dynamic-suite';
import { faultProxy, smallLab, withLab } from 'dynamic-suite/testing';

test('a proxy between script and AFE loses answers, and no job is doubled', () =>
  withLab(smallLab(), async (lab) => {
    const { afe: target } = await lab.listen();
    await using proxy = await faultProxy({ target });
    proxy.add({ kind: 'drop-after', method: 'create_job', count: 2 });
    const afe = new HttpAfeClient({ url: proxy.url, clock: lab.clock });

    const suite = lab.suiteArguments();
    const outcome = await reimageAndRun({ ...suite, lab: { ...suite.lab, afe } });

    expect(outcome.verdict).toBe('OK');
    expect(proxy.hits['drop-after']).toBe(2);
    afe.close();
    lab.expectAllWell();
  }));
