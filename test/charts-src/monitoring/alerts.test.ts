import { monitoringOf, withRegistrySync } from './rendered-monitoring';
import { readQuery } from './query-text';

const { rules } = monitoringOf(withRegistrySync({ monitor: true, namespace: 'team-a', namePrefix: 'a-' }));

it('tell of each thing that can go wrong', () => {
  expect(rules.map(({ alert, labels }) => `${alert} ${labels['severity']}`)).toEqual([
    'SlipwayRegistrySyncDown critical',
    'SlipwayRegistrySyncNotReady critical',
    'SlipwayRegistrySyncNoLeader critical',
    'SlipwayRegistrySyncReconcileErrors warning',
    'SlipwayRegistrySyncQueueNotDraining warning',
    'SlipwayRegistrySyncRegistryUnreachable warning',
    'SlipwayRegistrySyncCleanupSkipped warning',
  ]);
});

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (_, { expr, labels, annotations }) => {
  const { summary = '', description = '' } = annotations;

  it('says what is the matter in a line and what to do in more', () => {
    expect(summary).toMatch(/^.{20,120}\.$/);
    expect(description).toMatch(/^.{120,}\.$/);
    expect(description).toContain('kubectl');
  });

  it('says whose it is, and reads this installation', () => {
    expect(labels).toMatchObject({ namespace: 'team-a', job: 'a-registry-sync-metrics' });
    expect(expr).toContain('job="a-registry-sync-metrics", namespace="team-a"');
  });

  it('names labels in its texts that the series have', () => {
    const named = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(readQuery(expr).grouping).toEqual(expect.arrayContaining(named));
  });
});
