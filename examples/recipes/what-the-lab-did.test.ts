import { expect, test } from 'vitest';
import { LabTestError, smallLab, withLab } from 'dynamic-suite/testing';

test('an error of withLab says what the lab was doing', async () => {
  const failing = withLab(smallLab(), async (lab) => {
    lab.host('chromeos1-rack1-host3').lock('somebody debugs it');
    expect(lab.hosts()).toHaveLength(5);
  });

  const error = await failing.catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(LabTestError);
  expect(String(error)).toContain('chromeos1-rack1-host3 Ready, locked: somebody debugs it');
});
