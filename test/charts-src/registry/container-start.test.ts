import { expanded } from './container-start';

describe('the kubelet’s expansion', () => {
  it.each([
    ['$(A)-$(B)', 'a-$(B)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$(A', '$(A'],
    ['$A $', '$A $'],
    ['$(C)', '$(A)'],
  ])('makes of %s: %s', (text, result) => {
    expect(expanded(text, { A: 'a', C: '$(A)' })).toBe(result);
  });
});
