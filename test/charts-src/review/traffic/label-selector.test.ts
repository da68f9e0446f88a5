import type { JsonMap } from '../../../../charts-src/kubernetes/manifest';
import { selectorText, selects } from '../../../../charts-src/review/traffic/label-selector';

const expression = (key: string, operator: string, values?: string[]): JsonMap => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

describe('a label selector', () => {
  it.each<[string, JsonMap, Record<string, string>, boolean]>([
    ['', {}, {}, true],
    ['app=web', { matchLabels: { app: 'web' } }, { app: 'web', tier: 'front' }, true],
    ['app=web, tier=back', { matchLabels: { app: 'web', tier: 'back' } }, { app: 'web', tier: 'front' }, false],
    ['app in (web, api)', expression('app', 'In', ['web', 'api']), { app: 'api' }, true],
    ['app in (web)', expression('app', 'In', ['web']), {}, false],
    ['app notin (web)', expression('app', 'NotIn', ['web']), {}, true],
    ['app notin (web)', expression('app', 'NotIn', ['web']), { app: 'web' }, false],
    ['app', expression('app', 'Exists'), { app: '' }, true],
    ['!app', expression('app', 'DoesNotExist'), { app: '' }, false],
  ])('%s written %j selects %j: %s', (text, selector, labels, expected) => {
    expect(selects(selector, labels)).toBe(expected);
    expect(selectorText(selector)).toBe(text);
  });

  it('is refused with an operator that Kubernetes does not have', () => {
    expect(() => selects(expression('app', 'Gt', ['1']), {})).toThrow(
      'reading a label selector: got operator Gt, allowed: In, NotIn, Exists, DoesNotExist',
    );
  });
});
