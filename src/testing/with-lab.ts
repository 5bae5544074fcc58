import type { EmbeddedLab } from './embedded-lab.js';
import { LabTestError } from './errors.js';
import type { LabBuilder } from './lab-builder.js';

/**
 * Starts a lab for a test and closes it afterwards. When the test fails, the error tells what the lab was doing:
 *
 * ```ts
 * test('the nightly suite', () =>
 *   withLab(embeddedLab().board('x86-mario', { hosts: 4 }), async (lab) => {
 *     ...
 *     lab.expectAllWell();
 *   }));
 * ```
 *
 * @param builder - the description of the lab, not started
 * @param body - the test; resolves to what it returns
 * @throws LabTestError when the test fails, with the failure as its `cause` and `lab.dump()` in its message
 */
export async function withLab<Result>(
  builder: LabBuilder,
  body: (lab: EmbeddedLab) => Result | Promise<Result>,
): Promise<Result> {
  const lab = await builder.start();
  try {
    return await body(lab);
  } catch (failure) {
    throw new LabTestError(failure, lab.dump());
  } finally {
    await lab.close();
  }
}
