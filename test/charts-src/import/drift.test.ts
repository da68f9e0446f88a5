import { findDrift } from '../../../charts-src/import/drift';

describe('drift of imports/', () => {
  const wanted = new Map([
    ['keda.sh.ts', 'keda'],
    ['bitnami.com.ts', 'sealed'],
  ]);

  it('is empty when every file is as generated', () => {
    expect(findDrift(new Map(wanted), wanted)).toEqual([]);
  });

  it('names files that are missing, different and no longer generated, sorted', () => {
    const present = new Map([
      ['old.example.com.ts', 'left over'],
      ['keda.sh.ts', 'edited by hand'],
    ]);

    expect(findDrift(present, wanted)).toEqual([
      { file: 'bitnami.com.ts', change: 'missing' },
      { file: 'keda.sh.ts', change: 'different' },
      { file: 'old.example.com.ts', change: 'obsolete' },
    ]);
  });
});
