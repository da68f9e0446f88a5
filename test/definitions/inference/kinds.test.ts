import { inferenceDefinitions } from '../../../definitions/inference/kinds';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { privateKind } from '../serving/private-kind';

/** What `kubectl apply` without server-side apply can still carry in its annotation, in bytes. */
const applyLimit = 262_144;

const kinds = inferenceDefinitions.map((definition) => [definition.kind, definition] as const);

describe.each(kinds)('%s', (_kind, definition) => {
  const kind = privateKind(definition);

  test('the API server takes its CustomResourceDefinition without a warning', () => {
    expect(kind.warnings).toEqual([]);
  });

  test('its schema is structural and its names are accepted', () => {
    expect([...kind.conditions].sort()).toEqual(['Established', 'NamesAccepted']);
  });

  test('its CustomResourceDefinition is small enough for client-side apply', () => {
    const bytes = Buffer.byteLength(JSON.stringify(customResourceDefinition(definition)));
    expect(bytes).toBeLessThan(applyLimit);
  });
});
