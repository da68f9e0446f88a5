import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertReplaceable } from '../../../controllers/image/output-directory';

describe('a directory for output', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-output-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('may be missing, empty, or from an earlier build', async () => {
    await assertReplaceable(join(directory, 'missing'), 'oci-layout');
    await assertReplaceable(directory, 'oci-layout');
    await writeFile(join(directory, 'oci-layout'), '{}');
    await expect(assertReplaceable(directory, 'oci-layout')).resolves.toBeUndefined();
  });

  it('may not hold what somebody else put there', async () => {
    await writeFile(join(directory, 'thesis.tex'), '');
    await expect(assertReplaceable(directory, 'oci-layout')).rejects.toThrow(
      'no earlier build made: give another --out',
    );
  });
});
