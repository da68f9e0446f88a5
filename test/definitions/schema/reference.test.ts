import * as z from 'zod';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { withRules, withUnknownFields } from '../../../definitions/schema/extensions';
import { intOrString } from '../../../definitions/schema/int-or-string';
import { island } from '../../../definitions/schema/island';
import { atomicList } from '../../../definitions/schema/list';
import { reference } from '../../../definitions/schema/reference';
import type { ResourceDefinition } from '../../../definitions/schema/resource-definition';

const bulb = z.strictObject({ watts: z.int32().min(1).describe('Power.') });

const lamp: ResourceDefinition = {
  group: 'test.slipway.dev',
  version: 'v1',
  kind: 'Lamp',
  listKind: 'LampList',
  plural: 'lamps',
  singular: 'lamp',
  shortNames: ['lp'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'A lamp.',
  schema: z.strictObject({
    spec: withRules(
      z.strictObject({
        bulbs: atomicList(bulb).min(1).describe('Bulbs that shine.'),
        spare: bulb.describe('Bulb in the box.').exactOptional(),
        byRoom: z.record(z.string(), bulb).describe('Bulbs by room.').exactOptional(),
        colour: z.enum(['red', '']).describe('Colour, a|b.').default('red'),
        angle: intOrString(z.string().regex(/%$/)).describe('Angle.').exactOptional(),
        name: z.string().regex(/^a|b$/).describe('Name.').exactOptional(),
        shade: island().describe('Shade.').exactOptional(),
        extra: withUnknownFields(z.unknown()).describe('Extra.').exactOptional(),
        level: z.int32().min(0).max(9).describe('Level.').exactOptional(),
      }),
      { rule: 'true', message: 'it shines' },
    ).describe('What is wanted.'),
  }),
};

test('a kind is described by one table for each object, equal objects once', () => {
  expect(reference(lamp)).toBe(`# Lamp

A lamp.

- API version: \`test.slipway.dev/v1\`
- Names for kubectl: \`lamps\`, \`lp\`
- Scope: namespace
- Status subresource: yes

| Member | Type | Meaning |
| --- | --- | --- |
| \`spec\` | [object](#spec), required | What is wanted. |

## spec

| Member | Type | Meaning |
| --- | --- | --- |
| \`bulbs\` | list of [object](#specbulbs), required | Bulbs that shine. At least 1 element. |
| \`spare\` | [object](#specbulbs) | Bulb in the box. |
| \`byRoom\` | map of [object](#specbulbs) | Bulbs by room. |
| \`colour\` | string | Colour, a\\|b. One of \`"red"\`, \`""\`. Default: \`"red"\`. |
| \`angle\` | integer or string | Angle. |
| \`name\` | string | Name. Pattern: \`^a\\|b$\`. |
| \`shade\` | any object | Shade. |
| \`extra\` | anything | Extra. |
| \`level\` | integer | Level. At least 0. At most 9. |

- Rule: it shines

## spec.bulbs[]

| Member | Type | Meaning |
| --- | --- | --- |
| \`watts\` | integer, required | Power. At least 1. |
`);
});

test.each(servingDefinitions.map((definition) => [definition.kind, definition] as const))(
  'in the reference of %s every link has exactly one heading',
  (_kind, definition) => {
    const text = reference(definition);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(/[^a-z0-9 _-]/g, ''),
    );
    const links = new Set([...text.matchAll(/\(#([^)]*)\)/g)].map(([, link]) => link));
    expect(new Set(headings).size).toBe(headings.length);
    expect(new Set(headings)).toEqual(links);
  },
);
