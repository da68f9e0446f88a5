import { parseKubectl } from './kubectl-command';

describe('a kubectl command of the documents', () => {
  it.each([
    {
      content: 'kubectl get inferenceservice my-model -o yaml',
      command: { verb: 'get', words: ['inferenceservice', 'my-model'], flags: { o: 'yaml' } },
    },
    {
      content: `# promote\nkubectl patch inferenceservice m --type='merge' -p='{"spec":{"a b":1}}'`,
      command: { verb: 'patch', words: ['inferenceservice', 'm'], flags: { type: 'merge', p: '{"spec":{"a b":1}}' } },
    },
  ])('is taken apart: $content', ({ content, command }) => {
    expect(parseKubectl(content)).toEqual(command);
  });

  it.each(['helm repo update', 'kubectl get pods\nkubectl get services', '# only a comment'])(
    'is not %j',
    (content) => {
      expect(() => parseKubectl(content)).toThrow('wanted one line that begins with kubectl');
    },
  );
});
