import { foreignCrdSets } from '../../../charts-src/import/sources';

describe('the table of foreign CRDs', () => {
  it('names every set once and every module once', () => {
    const names = foreignCrdSets.map(({ name }) => name);
    const modules = foreignCrdSets.map(({ module }) => module);

    expect(new Set(names).size).toBe(names.length);
    expect(new Set(modules).size).toBe(modules.length);
  });

  it.each(foreignCrdSets)('pins $name to an exact version and to its content', ({ version, sum }) => {
    expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
    expect(sum).toMatch(/^h1:[A-Za-z0-9+/]{43}=$/);
  });
});
